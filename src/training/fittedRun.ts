/** @file A run without a network: from a corpus to the checkpoint of a model that is fitted in one pass, as a stream of events. */
import {
  type CheckpointArrays,
  type CheckpointDocument,
  type FolderLock,
  saveCheckpoint,
} from "../checkpoint/checkpoint.js";
import type { ModelName } from "../common/names.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import type { Backend } from "../engine/backends/index.js";
import type { Result } from "../evaluation/result.js";
import type { Prepared } from "../examples/prepare.js";
import type { Part } from "../examples/split.js";
import { startEngine } from "../model/model.js";
import { type Recipe, storeRecipe } from "../options/recipe.js";
import { corpusRecord, type Given, madeBy } from "./assembly.js";
import { type BagEvent, fitOwnBag } from "./fitOwnBag.js";
import { fitOwnNgrams } from "./fitNgrams.js";
import { type OpenedRun, openRun } from "./newAssembly.js";
import { ownDigest } from "./ownDigest.js";
import type { Plan } from "./plan.js";
import type { AssembledEvent, NgramsEvent } from "./run.js";
import { describeParts } from "./runDescription.js";

/** A fitted model: what the run shows of it, what its checkpoint has, and its scores. */
export type Fitted = {
  event: NgramsEvent | BagEvent;
  document: Pick<CheckpointDocument, "ngrams" | "bag" | "calibration" | "conformal">;
  arrays: Pick<CheckpointArrays, "ngrams" | "bag">;
  /** @returns null for an empty part */
  resultOn: (part: Part) => Result | null;
};

/** Fits a model to the encoded parts of a corpus. `refuseUseless` has checked that it is for their task. */
export type FitModel = (prepared: Prepared, recipe: Recipe) => Fitted;

/** The models without a network. */
const fits: { [Name in Exclude<ModelName, "auto" | "network">]: FitModel } = { ngram: fitOwnNgrams, bag: fitOwnBag };

export type FittedModelName = keyof typeof fits;

export const isFitted = (name: ModelName | undefined): name is FittedModelName =>
  name !== undefined && Object.hasOwn(fits, name);

/** Such a model has no training steps. */
const noSteps: Plan = { steps: 0, evaluateEvery: 1 };

/** A corpus that is read, before its model. */
export type FittedRun = { opened: OpenedRun; backend: Backend; created: string };

/** Reads the corpus. @throws UserError and UsageError as a run of a network does */
export async function openFittedRun(corpus: CorpusPath, options: Given): Promise<FittedRun> {
  const backend = await startEngine(options);
  return { opened: await openRun(corpus, options), backend, created: new Date().toISOString() };
}

/** Fits the model, saves it, and scores it. Its events are those of a run without a training step. */
export async function* fitRun(lock: FolderLock, name: FittedModelName, run: FittedRun): AsyncGenerator<AssembledEvent> {
  const { folder } = lock;
  const { prepared, recipe, sources, path, readings, summary } = run.opened;
  const corpus = corpusRecord({ path, readings, sources });
  try {
    const description = describeParts({ prepared, corpus, recipe, backend: run.backend, ...(summary && { summary }) });
    yield {
      type: "begin",
      folder,
      plan: noSteps,
      validationSample: null,
      resumed: false,
      ...description,
      spec: null,
      parameters: 0,
      step: 0,
      stepsPerEpoch: 1,
      assembly: null,
    };
    const { event, document, arrays, resultOn } = fits[name](prepared, recipe);
    yield event;
    yield { type: "end", reason: "finished", step: 0 };
    const digest = ownDigest(prepared, recipe);
    const save = (result: Result | null): Promise<void> =>
      saveCheckpoint(
        folder,
        { ...documentOf(run, { prepared, corpus, result }), ...document, ...digest.document },
        { weights: new Map(), ...arrays, ...digest.arrays },
        lock,
      );
    await save(null);
    const result = resultOn("test") ?? resultOn("validation");
    await save(result);
    const { calibration } = document;
    yield { type: "result", folder, result, ...(calibration && { calibration }) };
  } finally {
    prepared.dispose();
  }
}

const documentOf = (
  { opened: { recipe }, backend, created }: FittedRun,
  { prepared, corpus, result }: { prepared: Prepared; corpus: CheckpointDocument["corpus"]; result: Result | null },
): CheckpointDocument => ({
  created,
  task: prepared.task,
  ...(prepared.labels.length > 0 && { labels: [...prepared.labels] }),
  ...(prepared.inputs === "tokens" && { tokenizer: prepared.tokenizer.toJSON() }),
  options: storeRecipe(recipe),
  corpus,
  counts: { ...prepared.counts },
  metrics: result ? { [result.part]: result } : {},
  history: [],
  progress: { step: 0 },
  madeBy: madeBy(backend),
});
