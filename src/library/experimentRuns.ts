/** @file Experiments from the library: `compare` and `tune`. */
import { isFitted } from "../training/fittedRun.js";
import { compareEvents, type CompareEvent, type Run } from "../experiments/comparison/compare.js";
import { type Summary, summaryOf } from "../experiments/comparison/comparisonSummary.js";
import { trainCommand } from "../experiments/tuning/searchSpace.js";
import { type Try, type TuneEvent, tuneEvents, type TuningSummary, tuningSummary } from "../experiments/tuning/tune.js";
import { UsageError } from "../common/errors.js";
import type { Task } from "../common/names.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import type { Engine } from "../model/model.js";
import type { Recipe } from "../options/recipe.js";
import { recipeOptions } from "../options/recipeOptions.js";
import { readOptions } from "./libraryInputs.js";
import { ResultStream } from "./resultStream.js";
import type { RecipeOptions } from "./trainOptions.js";
import { never } from "./trainingRuns.js";

export type ExperimentOptions = Engine & {
  /** Default: as in `train`. */
  task?: Task | undefined;
  /** Stops after the training step under way; what is complete is the outcome. Default: never. */
  signal?: AbortSignal | undefined;
  /** A folder for the tokens during the run, which are then in files even if the corpus is small. Default: memory, or the system's folder for temporary files above 64 MiB. */
  tokenCache?: string | undefined;
};

/** `seed` is the first of the seeds. */
export type CompareOptions = RecipeOptions &
  ExperimentOptions & {
    /** Names of networks (`"lstm"`, `"bilstm"`, `"conv"`, `"mean"`, …) or of presets. Default: those that suit the task. */
    networks?: readonly string[] | undefined;
    /** Runs of each network, 1 … 100, which differ in initial weights and order alone. Default: 3. */
    seeds?: number | undefined;
    /** A folder for the checkpoints of all runs. Default: they are not saved. */
    out?: string | undefined;
  };

/** All runs, and their summary: means and standard deviations over the seeds, baselines, and the significant differences; null if no run is complete. */
export type Comparison = { runs: Run[]; summary: Summary | null };

/**
 * Trains several networks on the same split, one after the other. Iterate for the plan, the progress and each run, or await all runs and their summary:
 *
 *     const { summary } = await compare("reviews.csv", { networks: ["lstm", "mean"], seeds: 2 });
 *
 * @param corpus the path or paths of files or folders
 * @throws UsageError for a network that does not exist, UserError for a corpus that cannot be read
 */
export function compare(
  corpus: CorpusPath,
  { networks, seeds = 3, out, task, signal, tokenCache, backend, threads, ...recipe }: CompareOptions = {},
): ResultStream<CompareEvent, Comparison> {
  const settings = { networks, seeds, out, task, tokenCache, backend, threads, stop: signal ?? never() };
  const start = (): AsyncGenerator<CompareEvent> =>
    compareEvents(corpus, { ...settings, given: networkOptionsOf(recipe) });
  return new ResultStream(start, async (events) => {
    const runs: Run[] = [];
    for await (const event of events) if (event.type === "run") runs.push(event.run);
    return { runs, summary: runs.length > 0 ? summaryOf(runs) : null };
  });
}

/** `for` is the time of all tries together; default: 600 seconds. Options that are given hold for all tries and are not varied. */
export type TuneOptions = Omit<RecipeOptions, "epochs"> &
  ExperimentOptions & {
    /** Settings in the first rung, 2 … 1000, the defaults among them. Default: 9. */
    tries?: number | undefined;
  };

/** All tries, the best of them beside the defaults, and the command that trains with the best setting; null if no try is complete. */
export type Tuning = { tries: Try[]; summary: TuningSummary | null; command: string | null };

const defaultSeconds = 600;

/**
 * Searches for good sizes, dropout and learning rates by successive halving: short runs of many settings, longer runs of the best. Settings are compared
 * on the validation part. Iterate for the plan, the progress and each try, or await the outcome.
 * @param corpus the path or paths of files or folders
 * @throws UsageError if there is no validation part, UserError for a corpus that cannot be read
 */
export function tune(
  corpus: CorpusPath,
  { tries: count = 9, task, signal, tokenCache, backend, threads, ...recipe }: TuneOptions = {},
): ResultStream<TuneEvent, Tuning> {
  const fixed = (): Partial<Recipe> => networkOptionsOf(recipe);
  const start = (): AsyncGenerator<TuneEvent> => {
    const { for: seconds = defaultSeconds, ...given } = fixed();
    const settings = { tokenCache, backend, threads, stop: signal ?? never() };
    return tuneEvents(corpus, { given, seconds, tries: count, task, ...settings });
  };
  return new ResultStream(start, async (events) => {
    const tries: Try[] = [];
    for await (const event of events) if (event.type === "try") tries.push(event.done);
    return tuningOf(corpus, tries, fixed());
  });
}

/** The outcome of tries. @param fixed the options that held for all of them */
export function tuningOf(corpus: CorpusPath, tries: Try[], fixed: Partial<Recipe>): Tuning {
  if (tries.length === 0) return { tries, summary: null, command: null };
  const summary = tuningSummary(tries);
  const { setting, seconds } = summary.winner;
  return { tries, summary, command: trainCommand(corpus, fixed, setting, seconds) };
}

const mixes = ({ mix }: Partial<Recipe>): boolean => mix !== undefined && mix !== "none";

/** @throws UsageError for a model without a network, or a mix, since networks are compared */
function networkOptionsOf(recipe: RecipeOptions): Partial<Recipe> {
  const given = readOptions<Recipe>(recipeOptions, recipe);
  const useless = isFitted(given.model) ? `--model ${given.model}` : mixes(given) ? `--mix ${given.mix}` : null;
  if (useless !== null)
    throw new UsageError(
      `${useless} has no effect here: networks are compared, without it; remove it, and give it to \`rnn train\``,
    );
  return given;
}
