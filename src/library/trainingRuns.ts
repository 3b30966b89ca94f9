/** @file Training from the library: `train` and `resume`. */
import { resolve } from "node:path";
import { type CalibrationRecord, findCheckpoint } from "../checkpoint/checkpoint.js";
import { UsageError } from "../common/errors.js";
import { type FrozenPart, type Task, tasks } from "../common/names.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import type { StandardInput } from "../corpus/corpus.js";
import type { Result } from "../evaluation/result.js";
import type { Engine } from "../model/model.js";
import { loadPreset, withPreset } from "../options/presets.js";
import type { Recipe } from "../options/recipe.js";
import type { Values } from "../options/option.js";
import { refuseWithoutEffect } from "../options/optionEffect.js";
import { startOptions } from "../options/options.js";
import { recipeOptions } from "../options/recipeOptions.js";
import type { Finding } from "../training/diagnosis.js";
import type { BaseScores } from "../training/baseCorpus.js";
import { planRun, type RunPlan } from "../training/plannedRun.js";
import {
  type AssembledEvent,
  resume as resumeRun,
  type RunEvent,
  type RunOptions,
  train as trainRun,
  noWeights,
} from "../training/run.js";
import { trainPretrained } from "../training/pretraining.js";
import { isFitted } from "../training/fittedRun.js";
import type { HistoryEntry } from "../training/runProgress.js";
import { recorded } from "../training/tensorboard.js";
import type { EndReason } from "../training/trainer.js";
import { readOptions } from "./libraryInputs.js";
import { ResultStream } from "./resultStream.js";
import type { RecipeOptions } from "./trainOptions.js";

/** Options to stop a run, and for the files that it writes. */
export type RunSettings = Engine & {
  /** Stops the run after the training step under way; the checkpoint is saved and can be resumed. Default: never. */
  signal?: AbortSignal | undefined;
  /** Seconds between saves during training. Default: 5, or 20 times the duration of a save. */
  saveEvery?: number | undefined;
  /** A folder for the curves, as TensorBoard reads them. Default: none. */
  tensorboard?: string | undefined;
  /** A folder for the tokens during the run, which are then in files even if the corpus is small. Default: memory, or the system's folder for temporary files above 64 MiB. */
  tokenCache?: string | undefined;
  /** The bytes of the corpus `-`. */
  standardInput?: StandardInput | undefined;
  /** When the time of `for` began, in milliseconds of `performance.now()`; 0 is the start of the process. Default: the call. */
  started?: number | undefined;
};

export type TrainOptions = RecipeOptions &
  RunSettings & {
    /** The name of a checkpoint or the path of its folder: the run starts from its weights, with its tokens and those of the corpus that it lacks. Default: none. */
    from?: string | undefined;
    /** Parts of the network of `from` that stay as they are; new tokens are trained. Default: none. */
    freeze?: FrozenPart | readonly FrozenPart[] | undefined;
    /** The fraction of the batches that are of the corpus of `from`, 0 … 0.9. Default: 0. */
    replay?: number | undefined;
    /** A file of texts, or `"self"` for those of the corpus: a language model of them is trained first, and the run starts from its weights. A classifier, or a regressor by `task`. Default: none. */
    pretrain?: string | undefined;
    /** Default: tagger for words with tags, classifier for documents with labels, regressor for documents with measured numbers, else generator. */
    task?: Task | undefined;
    /** A folder for the checkpoint, which must be new or empty. Default: `checkpoints/` and the corpus's name, numbered so that nothing is overwritten. */
    out?: string | undefined;
    /** The name of a preset, a published network; options that are given replace its own. Default: none. */
    preset?: string | undefined;
  };

export type ResumeOptions = RunSettings & {
  /** Epochs in all, to lengthen the run. Default: as planned. */
  epochs?: number | undefined;
  /** Seconds, or a duration such as `"5m"`, by which the run is lengthened instead. */
  for?: number | string | undefined;
  /** Training stops after this number of evaluations without an improvement. Default: as before. */
  patience?: number | undefined;
  /** The path or paths of the corpus, if it was moved. Its bytes must be the same. Default: as recorded in the checkpoint. */
  corpus?: CorpusPath | undefined;
};

/** The outcome of a run of training. */
export type Trained = {
  /** The absolute path of the checkpoint's folder, for `loadModel` and the other functions. */
  folder: string;
  /** Scores on the test part, or on the validation part if there is no test part; null if there is neither. */
  result: Result | null;
  /** For a run with `from`, if the corpus of that checkpoint could be read: the scores on it, before and after. */
  base?: BaseScores;
  /** Of a classifier or a tagger, if its probabilities were calibrated: the temperature, and the calibration error on the validation part before and after. */
  calibration?: CalibrationRecord;
  /** What the run shows, in words, and what to change first: over- or underfitting, too little text, too many tokens, a learning rate that is too high. Empty if nothing looks wrong. */
  diagnosis: readonly Finding[];
  /** One entry for each evaluation. */
  history: HistoryEntry[];
  /** Why training ended. */
  reason: EndReason;
};

/** Iterate for the events of the run, or await its outcome. */
export type TrainingRun = ResultStream<RunEvent, Trained>;

/**
 * Trains a new network on a corpus and saves it as a checkpoint.
 *
 *     const { folder, result } = await train("book.txt", { epochs: 3 });
 *
 * @param corpus the path of a text, csv, tsv, jsonl, idx or conllu file (gzipped too) or of a folder of texts, a pattern such as `data/*.txt`, several of them, which are one corpus, or `-` for `standardInput`
 * @throws UserError for a corpus that cannot be read or does not fit the task, UsageError for options that do not fit each other
 */
export const train = (corpus: CorpusPath, options: TrainOptions = {}): TrainingRun =>
  new ResultStream(() => trainEvents(corpus, options), outcomeOf);

/**
 * Continues the training of a checkpoint to the same bits as if it had not stopped.
 * @param checkpoint a name or the path of a folder
 * @throws UserError if the checkpoint has no training state, UsageError if the run is complete and neither `epochs` nor `for` lengthens it
 */
export const resume = (checkpoint: string, options: ResumeOptions = {}): TrainingRun =>
  new ResultStream(() => resumeEvents(checkpoint, options), outcomeOf);

/**
 * Reads a corpus as `train` does, makes the network and measures a few steps, without training it and without writing anything.
 *
 *     const { plan, counts, warnings, trainingSeconds } = await planTraining("book.txt", { units: 256 });
 *
 * @param options those of `train`; the ones for its files have no effect
 * @throws UserError and UsageError as `train` does
 */
export async function planTraining(corpus: CorpusPath, options: TrainOptions = {}): Promise<RunPlan> {
  return planRun(corpus, await settingsOf(options));
}

async function* trainEvents(corpus: CorpusPath, { pretrain, ...options }: TrainOptions): AsyncGenerator<RunEvent> {
  const settings = await settingsOf(options);
  const events = pretrain === undefined ? trainRun(corpus, settings) : trainPretrained(corpus, settings, pretrain);
  yield* published(events, options.tensorboard);
}

/** The options of a run, with those of its preset. */
export async function settingsOf(options: TrainOptions): Promise<RunOptions> {
  const {
    task,
    out,
    preset: name,
    from,
    freeze,
    replay,
    pretrain,
    signal,
    saveEvery,
    tensorboard: _tensorboard,
    standardInput,
    tokenCache,
    started,
    backend,
    threads,
    ...others
  } = options;
  if (pretrain !== undefined)
    throw new UsageError(
      "--pretrain trains two networks, one after the other; here it has no effect: train a generator, and start from it with --from",
    );
  const preset = name === undefined ? null : await loadPreset(name);
  const own = readOptions<Recipe>(recipeOptions, others);
  if (isFitted(own.model) && options.tensorboard !== undefined)
    throw new UsageError(
      `--tensorboard has no effect with --model ${own.model}, which has no curves; remove one of them`,
    );
  if (isFitted(own.model) && from !== undefined) throw new UsageError(noWeights(own.model));
  const start = readOptions<Values<typeof startOptions>>(startOptions, { from, freeze, replay });
  refuseWithoutEffect(startOptions, start, start);
  return {
    backend,
    threads,
    tokenCache,
    saveEvery,
    started,
    stop: signal ?? never(),
    ...(standardInput && { standardInput }),
    given: preset ? withPreset(preset, own) : own,
    task: task ?? preset?.task,
    ...(start.from !== undefined && { start: { ...start, from: start.from } }),
    out,
  };
}

async function* resumeEvents(checkpoint: string, options: ResumeOptions): AsyncGenerator<RunEvent> {
  const { corpus, signal, saveEvery, tensorboard, standardInput, tokenCache, started, backend, threads, ...others } =
    options;
  const { epochs, for: duration, patience } = recipeOptions;
  const given = readOptions<Recipe>({ epochs, for: duration, patience }, others);
  const { folder } = await findCheckpoint(checkpoint, tasks);
  const engine = { backend, threads };
  const settings = {
    ...engine,
    tokenCache,
    saveEvery,
    started,
    stop: signal ?? never(),
    ...(standardInput && { standardInput }),
  };
  const events = resumeRun(folder, { ...settings, given, corpus });
  yield* published(events, tensorboard);
}

/** The events without the parts of the run, which are freed at its end. */
export async function* published(
  events: AsyncIterable<AssembledEvent>,
  tensorboard?: string,
): AsyncGenerator<RunEvent> {
  for await (const event of tensorboard === undefined ? events : recorded(events, tensorboard)) {
    if (event.type !== "begin") yield event;
    else {
      const { assembly: _assembly, ...begin } = event;
      yield begin;
    }
  }
}

/** A signal that is never aborted. */
export const never = (): AbortSignal => new AbortController().signal;

async function outcomeOf(events: AsyncIterable<RunEvent>): Promise<Trained> {
  const history: HistoryEntry[] = [];
  let reason: EndReason = "finished";
  let folder = "";
  let result: Result | null = null;
  let base: BaseScores | undefined;
  let calibration: CalibrationRecord | undefined;
  let diagnosis: readonly Finding[] = [];
  for await (const event of events) {
    if (event.type === "evaluation") history.push(event.entry);
    else if (event.type === "end") reason = event.reason;
    else if (event.type === "result") ({ folder, result, base, calibration, diagnosis = [] } = event);
  }
  return {
    folder: resolve(folder),
    result,
    ...(base && { base }),
    ...(calibration && { calibration }),
    diagnosis,
    history,
    reason,
  };
}
