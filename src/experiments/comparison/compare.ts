/** @file Several networks trained on the same split, each from several seeds: an async generator of what each run was worth. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { perplexity } from "../../evaluation/metrics.js";
import type { Result } from "../../evaluation/result.js";
import { score } from "../../evaluation/score.js";
import { evaluationExamples } from "../../examples/arrange.js";
import { measure } from "../../examples/split.js";
import { usualTask } from "../../examples/defaultTask.js";
import { UsageError } from "../../common/errors.js";
import type { Task } from "../../common/names.js";
import { type Recipe, settleRecipe } from "../../options/recipe.js";
import type { Assembly, Given } from "../../training/assembly.js";
import type { HistoryEntry } from "../../training/runProgress.js";
import { train } from "../../training/run.js";
import { openAs } from "../../corpus/corpus.js";
import { contestantRecipe, usualContestants } from "./contestants.js";

/** One network from one seed. Times in seconds, losses in nats or mean squared errors. */
export type Run = {
  contestant: string;
  seed: number;
  /** In the order of the confusion matrix's rows; none where nothing is labelled. */
  labels: readonly string[];
  task: Task;
  result: Result;
  /** On the texts that it has learned from. */
  training: { loss: number; accuracy?: number; perplexity?: number };
  parameters: number;
  /** From the first step to the last evaluation. */
  seconds: number;
  /** Documents, or tokens, read a second without learning. */
  speed: number;
  history: readonly HistoryEntry[];
};

export type CompareOptions = Omit<Given, "given"> & {
  given: Partial<Recipe>;
  /** Absent: the usual ones for the task. */
  contestants?: readonly string[] | undefined;
  /** How many seeds, from the recipe's upwards. The split is the first one's for all. */
  seeds: number;
  /** Where the checkpoints are kept; absent, nowhere. */
  out?: string | undefined;
  stop: AbortSignal;
};

/** Trains one after the other; ends early, after what is done, where it is stopped. @throws UsageError for an unknown contestant */
export async function* compare(
  corpus: string,
  { contestants: named, seeds, given, out, ...options }: CompareOptions,
): AsyncGenerator<Run> {
  if (corpus === "-") throw new UsageError("each network reads the corpus anew: give a file instead of standard input");
  const task = options.task ?? (await taskOf(corpus, given));
  const contestants = named ?? usualContestants[task];
  const recipes = await Promise.all(contestants.map((name) => contestantRecipe(name, given)));
  const folder = out ?? (await mkdtemp(join(tmpdir(), "rnn-compare-")));
  const first = given.seed ?? 1;
  try {
    for (const [index, contestant] of contestants.entries()) {
      for (let seed = first; seed < first + seeds; seed++) {
        const own = { ...recipes[index]!, seed, splitSeed: given.splitSeed ?? first };
        const run = await runOf(corpus, { ...options, task, given: own, out: join(folder, `${contestant}-${seed}`) });
        if (run === null) return;
        yield { contestant, seed, task, ...run };
      }
    }
  } finally {
    if (out === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** By whether the corpus has labels, and of what kind. */
async function taskOf(corpus: string, given: Partial<Recipe>): Promise<Task> {
  const opened = await openAs(corpus, settleRecipe(given, "classifier"));
  return usualTask(opened, opened.labelled ? (await measure(opened)).labels : []);
}

/** Null where it was stopped on the way. */
async function runOf(
  corpus: string,
  options: Parameters<typeof train>[1],
): Promise<Omit<Run, "contestant" | "seed" | "task"> | null> {
  let assembly: Assembly | null = null;
  let started = 0;
  let seconds = 0;
  const history: HistoryEntry[] = [];
  for await (const event of train(corpus, { ...options, lenient: true })) {
    if (event.type === "begin") {
      assembly = event.assembly;
      started = performance.now();
    } else if (event.type === "evaluation") history.push(event.entry);
    else if (event.type === "end") {
      seconds = (performance.now() - started) / 1000;
      if (event.reason === "interrupted") return null;
    } else if (event.type === "result" && event.result && assembly) {
      const { result } = event;
      return { labels: assembly.prepared.labels, result, seconds, history, ...readings(assembly, result) };
    }
  }
  return null;
}

/** What is measured of a network once it has learned. */
function readings({ network, prepared, arrange }: Assembly, { part }: Result) {
  const { task } = prepared;
  const { loss, accuracy } = score(network, evaluationExamples(prepared, "training", arrange)!);
  const held = evaluationExamples(prepared, part, arrange)!;
  const started = performance.now();
  let read = 0;
  while (performance.now() - started < leastMilliseconds) read += score(network, held).targets;
  return {
    training: {
      loss,
      ...(accuracy !== undefined && { accuracy }),
      ...(task === "generator" && { perplexity: perplexity(loss) }),
    },
    parameters: network.parameters,
    speed: (1000 * read) / (performance.now() - started),
  };
}

/** Of the time in which reading speed is measured. */
const leastMilliseconds = 200;
