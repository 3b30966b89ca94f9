/** @file Trains several networks on the same split, each with several seeds: an async generator of their results. */
import { perplexity } from "../../evaluation/metrics.js";
import type { Result } from "../../evaluation/result.js";
import { score } from "../../evaluation/score.js";
import { evaluationExamples } from "../../examples/arrange.js";
import { corpusStats, defaultTask } from "../../examples/corpusStats.js";
import { UsageError } from "../../common/errors.js";
import type { Task } from "../../common/names.js";
import { type Recipe, settleRecipe } from "../../options/recipe.js";
import type { Assembly, Given } from "../../training/assembly.js";
import type { HistoryEntry } from "../../training/runProgress.js";
import { train } from "../../training/run.js";
import { type CorpusPath, expandedPath } from "../../corpus/sources/corpusPath.js";
import { openAs } from "../../corpus/corpus.js";
import { splitFolder } from "../../examples/partSources.js";
import type { JsonValue } from "../../common/json.js";
import { openExperiment } from "../experimentFolder.js";
import { defaultNetworks, networkRecipe } from "./comparedNetworks.js";

/** One network trained with one seed. Times in seconds, losses in nats or mean squared errors. */
export type Run = {
  network: string;
  seed: number;
  /** In the order of the confusion matrix's rows; empty for tasks without labels. */
  labels: readonly string[];
  task: Task;
  result: Result;
  /** Scores on the training part. */
  training: { loss: number; accuracy?: number; perplexity?: number };
  parameters: number;
  /** From the first training step to the last evaluation. */
  seconds: number;
  /** Documents or tokens per second in forward passes without training. */
  speed: number;
  history: readonly HistoryEntry[];
};

export type CompareOptions = Omit<Given, "given"> & {
  given: Partial<Recipe>;
  /** Absent: the default networks of the task. */
  networks?: readonly string[] | undefined;
  /** The number of seeds, counted from the recipe's. All runs share the split of the first seed. */
  seeds: number;
  /** The folder that keeps the checkpoints; absent: they are removed. */
  out?: string | undefined;
  stop: AbortSignal;
};

export type CompareEvent =
  | { type: "plan"; task: Task; networks: readonly string[]; seeds: readonly number[] }
  /** `fraction` of the steps of run number `index`, from 0, of `runs`. */
  | { type: "progress"; network: string; seed: number; index: number; runs: number; fraction: number }
  | { type: "run"; run: Run };

/** The runs of `compareEvents`. */
export async function* compare(corpus: CorpusPath, options: CompareOptions): AsyncGenerator<Run> {
  for await (const event of compareEvents(corpus, options)) if (event.type === "run") yield event.run;
}

type FinishedRun = Omit<Run, "network" | "seed" | "task">;

/** Trains one network after the other, without the runs that a killed process has finished; an abort ends it after the runs that are complete. @throws UsageError for an unknown network */
export async function* compareEvents(
  path: CorpusPath,
  { networks: named, seeds: count, given, out, ...options }: CompareOptions,
): AsyncGenerator<CompareEvent> {
  const corpus = await expandedPath(path);
  if (corpus === "-")
    throw new UsageError("could not compare on standard input, because each run reads the corpus again; name a file");
  const task = options.task ?? (await taskOf(corpus, given));
  const networks = named ?? defaultNetworks[task];
  const recipes = await Promise.all(networks.map((name) => networkRecipe(name, given)));
  const firstSeed = given.seed ?? 1;
  const seeds = Array.from({ length: count }, (_, index) => firstSeed + index);
  const runs = networks.length * seeds.length;
  const { backend = null, threads = null } = options;
  const settings = { task, recipes, seeds, splitSeed: given.splitSeed, backend, threads } as unknown as JsonValue;
  const folder = await openExperiment("compare", corpus, settings, out);
  yield { type: "plan", task, networks, seeds };
  try {
    for (const [position, network] of networks.entries()) {
      for (const seed of seeds) {
        const recipe = { ...recipes[position]!, seed, splitSeed: given.splitSeed ?? firstSeed };
        const name = `${network}-${seed}`;
        const index = position * seeds.length + seeds.indexOf(seed);
        let run = await folder.finished<FinishedRun>(name);
        if (run === null) {
          const runOptions = { ...options, task, given: recipe, out: await folder.begin(name) };
          run = yield* oneRun(corpus, runOptions, { network, seed, index, runs });
          if (run === null) return;
          await folder.finish(name, run);
        }
        yield { type: "run", run: { network, seed, task, ...run } };
      }
    }
  } finally {
    await folder.close();
  }
}

/** The default task for the corpus and its labels. */
async function taskOf(corpus: CorpusPath, given: Partial<Recipe>): Promise<Task> {
  const { path } = await splitFolder(corpus, given);
  const opened = await openAs(path, settleRecipe(given, "classifier"));
  return defaultTask(opened, opened.labeled ? (await corpusStats(opened)).labels : []);
}

/** @returns null if it was interrupted */
async function* oneRun(
  corpus: CorpusPath,
  options: Parameters<typeof train>[1],
  position: { network: string; seed: number; index: number; runs: number },
): AsyncGenerator<CompareEvent, FinishedRun | null> {
  let assembly: Assembly | null = null;
  let steps = 1;
  let started = 0;
  let seconds = 0;
  const history: HistoryEntry[] = [];
  yield { type: "progress", ...position, fraction: 0 };
  for await (const event of train(corpus, { ...options, lenient: true, networkAlone: true })) {
    if (event.type === "begin" || event.type === "plan") ({ steps } = event.plan);
    if (event.type === "begin") {
      ({ assembly } = event);
      started = performance.now();
    } else if (event.type === "step") yield { type: "progress", ...position, fraction: event.step / steps };
    else if (event.type === "evaluation") history.push(event.entry);
    else if (event.type === "end") {
      seconds = (performance.now() - started) / 1000;
      if (event.reason === "interrupted") return null;
    } else if (event.type === "result" && event.result && assembly) {
      const { result } = event;
      return { labels: assembly.prepared.labels, result, seconds, history, ...measurements(assembly, result) };
    }
  }
  return null;
}

/** The scores on the training part, the size and the speed of a trained network. */
function measurements({ network, prepared, arrange }: Assembly, { part }: Result) {
  const { task } = prepared;
  const { loss, accuracy } = score(network, evaluationExamples(prepared, "training", arrange)!);
  const heldOut = evaluationExamples(prepared, part, arrange)!;
  const started = performance.now();
  let targets = 0;
  while (performance.now() - started < minSpeedMs) targets += score(network, heldOut).targets;
  return {
    training: {
      loss,
      ...(accuracy !== undefined && { accuracy }),
      ...(task === "generator" && { perplexity: perplexity(loss) }),
    },
    parameters: network.parameters,
    speed: (1000 * targets) / (performance.now() - started),
  };
}

/** The shortest time in which the speed is measured. */
const minSpeedMs = 200;
