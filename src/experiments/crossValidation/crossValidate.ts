/** @file Cross-validation: trains one network for each fold of a corpus, which is its test part. */
import { join } from "node:path";
import { UsageError } from "../../common/errors.js";
import type { JsonValue } from "../../common/json.js";
import type { Task } from "../../common/names.js";
import { writeWhole } from "../../common/outputFiles.js";
import { type CorpusPath, expandedPath } from "../../corpus/sources/corpusPath.js";
import type { Result } from "../../evaluation/result.js";
import type { Recipe } from "../../options/recipe.js";
import type { Given } from "../../training/assembly.js";
import { train } from "../../training/run.js";
import type { EndReason } from "../../training/trainer.js";
import { openExperiment } from "../experimentFolder.js";
import { crossValidationOf } from "./foldScores.js";

/** The model that is tested on one fold. */
export type FoldRun = {
  /** From 1. */
  fold: number;
  task: Task;
  /** In the order of the confusion matrix's rows; empty for a regressor. */
  labels: readonly string[];
  /** Documents in the training and the validation part. */
  documents: { training: number; validation: number };
  result: Result;
  /** Why its training ended. */
  reason: EndReason;
  /** From the first training step to the last score. */
  seconds: number;
};

export type FoldOptions = Omit<Given, "given"> & {
  /** With the number of folds; `for` is the time of all of them. */
  given: Partial<Recipe> & { folds: number };
  /** The folder that keeps the checkpoints and the scores (folds.json); absent: nothing is kept. */
  out?: string | undefined;
  stop: AbortSignal;
};

export type FoldEvent =
  /** seconds: the time of each fold, with `for`; warnings: what looks wrong in the corpus, a sentence each. */
  | { type: "plan"; task: Task; folds: number; seconds?: number; warnings: readonly string[] }
  /** `fraction` of the steps of a fold, from 0. */
  | { type: "progress"; index: number; folds: number; fraction: number }
  | { type: "fold"; run: FoldRun };

type FinishedFold = Omit<FoldRun, "fold">;

/** The name of the file with the scores. */
export const scoresName = "folds.json";

/** Trains one fold after the other, without those that a killed process has finished; an abort ends it after the folds that are complete. @throws UsageError and UserError as a run does */
export async function* crossValidationEvents(
  path: CorpusPath,
  { given, out, ...options }: FoldOptions,
): AsyncGenerator<FoldEvent> {
  const corpus = await expandedPath(path);
  if (corpus === "-")
    throw new UsageError("could not cross-validate on standard input, because each fold reads it again; name a file");
  const { folds } = given;
  const seconds = given.for === undefined ? undefined : given.for / folds;
  const { task = null, backend = null, threads = null, start = null } = options;
  const settings = { given, task, backend, threads, start } as unknown as JsonValue;
  const folder = await openExperiment("folds", corpus, settings, out);
  const runs: FoldRun[] = [];
  try {
    for (let index = 0; index < folds; index++) {
      const fold = index + 1;
      const name = `fold-${fold}`;
      let found = await folder.finished<FinishedFold>(name);
      if (found === null) {
        const recipe = { ...given, fold, ...(seconds !== undefined && { for: seconds }) };
        const runOptions = { ...options, given: recipe, out: await folder.begin(name) };
        found = yield* oneFold(corpus, runOptions, { index, folds, seconds });
        if (found === null) return;
        await folder.finish(name, found);
      }
      const run = { fold, ...found };
      runs.push(run);
      yield { type: "fold", run };
    }
    if (out !== undefined) await writeWhole(join(out, scoresName), crossValidationJson(runs));
  } finally {
    await folder.close();
  }
}

/** The scores of all folds, and of each. */
export const crossValidationJson = (runs: readonly FoldRun[]): string =>
  `${JSON.stringify({ ...crossValidationOf(runs), runs }, null, 2)}\n`;

/** @returns null if it was interrupted */
async function* oneFold(
  corpus: CorpusPath,
  options: Parameters<typeof train>[1],
  { index, folds, seconds }: { index: number; folds: number; seconds: number | undefined },
): AsyncGenerator<FoldEvent, FinishedFold | null> {
  let run: Pick<FoldRun, "task" | "labels" | "documents"> | null = null;
  let steps = 1;
  let started = 0;
  let reason: EndReason = "finished";
  yield { type: "progress", index, folds, fraction: 0 };
  for await (const event of train(corpus, options)) {
    if (event.type === "begin" || event.type === "plan") ({ steps } = event.plan);
    if (event.type === "begin") {
      started = performance.now();
      const { task, labels, counts, warnings } = event;
      const { training, validation } = counts;
      run = { task, labels, documents: { training: training.documents, validation: validation.documents } };
      if (index === 0) yield { type: "plan", task, folds, ...(seconds !== undefined && { seconds }), warnings };
    } else if (event.type === "step") yield { type: "progress", index, folds, fraction: event.step / steps };
    else if (event.type === "end") {
      ({ reason } = event);
      if (reason === "interrupted") return null;
    } else if (event.type === "result" && event.result && run)
      return { ...run, result: event.result, reason, seconds: (performance.now() - started) / 1000 };
  }
  return null;
}
