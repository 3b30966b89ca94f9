/** @file A training run, from a corpus or a checkpoint to a checkpoint, as a stream of events. */
import { parse } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  type CalibrationRecord,
  createCheckpointFolder,
  type FolderLock,
  lockFolder,
  readDocument,
  saveCheckpoint,
  tryCheckpointFolder,
} from "../checkpoint/checkpoint.js";
import { UsageError, UserError } from "../common/errors.js";
import type { ModelName } from "../common/names.js";
import type { Assembly, Given } from "./assembly.js";
import { calibratedRun } from "./calibratedHead.js";
import { baseScores, type BaseScores } from "./baseCorpus.js";
import { chooseLabelModel, fitBesideNetwork, type LabelModelEvent } from "./chooseLabelModel.js";
import { diagnose, type Finding } from "./diagnosis.js";
import { recordOf } from "./runFigures.js";
import { newAssembly } from "./newAssembly.js";
import type { MixtureRecord } from "../model/mixture.js";
import type { Bag } from "../model/storedBag.js";
import type { FittedMixture, OrderLosses } from "./fitNgrams.js";
import { finalScores, fitOwnMixture } from "./finalScores.js";
import { fitRun, isFitted, openFittedRun } from "./fittedRun.js";
import type { BagEvent } from "./fitOwnBag.js";
import { resumedAssembly } from "./resumedAssembly.js";
import { ownDigest } from "./ownDigest.js";
import { lengthen, type Plan } from "./plan.js";
import { type Length, lengthWarnings, planLength, refuseTwoLengths } from "./runLength.js";
import type { Result } from "../evaluation/result.js";
import { checkpointDocument, type RunEnd } from "./runDocument.js";
import type { Snapshot } from "./runProgress.js";
import { type CorpusPath, expandedPath, pathsOf } from "../corpus/sources/corpusPath.js";
import { withoutGzip } from "../corpus/formats/index.js";
import { describeRun, type RunDescription } from "./runDescription.js";
import { scoredRecord } from "./startedRun.js";
import { scoringBudget } from "./timeBudget.js";
import type { EndReason, TrainingEvent, ValidationSample } from "./trainer.js";

/** The first event of a run, before its first training step. */
export type BeginEvent = RunDescription & {
  type: "begin";
  /** The checkpoint's folder. */
  folder: string;
  plan: Plan;
  /** If the evaluations during training read only a sample of the validation part. */
  validationSample: ValidationSample | null;
  resumed: boolean;
};

/** The language model of --pretrain begins, or was evaluated: mean nats of a token; folder: of its checkpoint. */
export type PretrainingEvent = {
  type: "pretraining";
  folder: string;
  step: number;
  steps: number;
  training?: number;
  validation?: number;
};

/** The number of steps is another one, because the machine is faster or slower than it was before the first step; only with --for. */
export type PlanEvent = { type: "plan"; plan: Plan };

/**
 * An n-gram model was fitted.
 * tried: the losses of the orders that were tried on the validation part. Beside a network: losses of both and of their mix; helps, whether the mix is kept; leastGain, the
 * nats by which it must be better than the network if nobody asked for it
 */
export type NgramsEvent = {
  type: "ngrams";
  tried: OrderLosses;
  losses?: FittedMixture["losses"];
  helps?: boolean;
  leastGain?: number;
} & MixtureRecord;

const ngramsOf = ({ mixture, networkWeight: _weight, ...fitted }: FittedMixture) => ({ ...mixture.record, ...fitted });

/** A run's events: begin, then a step for each training step and an evaluation after each epoch or part of the time, with plan where the number of steps changes, then end, then result. */
export type RunEvent =
  | BeginEvent
  | PretrainingEvent
  | PlanEvent
  | TrainingEvent
  | NgramsEvent
  | LabelModelEvent
  | BagEvent
  | {
      type: "result";
      folder: string;
      result: Result | null;
      /** For a run that started from another checkpoint, if its corpus could be read: the scores on that corpus. */
      base?: BaseScores;
      /** Of a classifier or a tagger, if its probabilities were calibrated. */
      calibration?: CalibrationRecord;
      /** What the run shows, the first thing to change at the beginning; empty if nothing looks wrong, absent for a model without a network. */
      diagnosis?: readonly Finding[];
    };

/** The events as other parts of rnn get them, with the parts of the run until its end; null for a model without a network. */
export type AssembledEvent = Exclude<RunEvent, BeginEvent> | (BeginEvent & { assembly: Assembly | null });

export type RunOptions = Given & {
  /** The folder of the checkpoint. Default: `checkpoints/` and the name of the corpus, with a number if the folder exists. */
  out?: string | undefined;
  /** Seconds between saves during the run. Default: 5, or 20 times the duration of a save. */
  saveEvery?: number | undefined;
  /** When the time of --for began, in milliseconds of `performance.now`. Default: with the call. */
  started?: number | undefined;
  stop: AbortSignal;
};

const checkpointsFolder = "checkpoints";
/** The default seconds between two saves; a large network is saved less often. @param cost seconds of the last save */
const saveInterval = (cost: number): number => Math.max(5, 20 * cost);
/** Seconds between yields to the event loop, which handles signals and timers. */
const yieldInterval = 0.05;

/** Trains a new network. @param corpus its path or paths, or - for standard input */
export async function* train(corpus: CorpusPath, options: RunOptions): AsyncGenerator<AssembledEvent> {
  const { given, started = performance.now() } = options;
  refuseTwoLengths(given);
  const path = await expandedPath(corpus);
  await tryCheckpointFolder(options.out, checkpointsFolder);
  if (isFitted(given.model)) {
    if (options.start) throw new UsageError(noWeights(given.model));
    const run = await openFittedRun(path, options);
    const lock = await newFolder(path, options, () => run.opened.prepared.dispose());
    try {
      yield* fitRun(lock, given.model, run);
    } finally {
      await lock.release();
    }
    return;
  }
  const assembly = await newAssembly(path, options);
  const reading = (performance.now() - started) / 1000;
  const length = planLength(assembly, started);
  const lock = await newFolder(path, options, () => assembly.dispose());
  try {
    yield* execute(lock, assembly, length, options, false, lengthWarnings(assembly.recipe, length.plan, reading));
  } finally {
    await lock.release();
  }
}

/** Why --from is an error. @param model one without a network */
export const noWeights = (model: ModelName): string =>
  `--from has no effect with --model ${model}, which has no network; remove one of them`;

/** Makes and locks the folder of a new checkpoint. @param onFailure frees the parts of the run */
async function newFolder(path: CorpusPath, { out }: RunOptions, onFailure: () => void): Promise<FolderLock> {
  try {
    const first = pathsOf(path)[0]!;
    const stem = first === "-" ? "standard-input" : parse(withoutGzip(first)).name;
    return await lockFolder(await createCheckpointFolder(out, checkpointsFolder, stem));
  } catch (error) {
    onFailure();
    throw error;
  }
}

/** Resumes a run; the result has the same bits as without the interruption. `epochs` or `for` lengthen the run. */
export async function* resume(
  folder: string,
  options: RunOptions & { corpus?: CorpusPath | undefined },
): AsyncGenerator<AssembledEvent> {
  refuseTwoLengths(options.given);
  const { spec, bag, distilled } = await readDocument(folder); // a lock in a folder without a checkpoint would only hide the mistake
  if (spec === undefined)
    throw new UserError(
      `${folder} is ${bag ? "a bag of n-grams" : "an n-gram model"}, which was fitted in one pass: there is nothing to resume; train a new one`,
    );
  if (distilled)
    throw new UserError(`${folder} was distilled from ${distilled.checkpoint} and cannot be resumed; distill again`);
  const lock = await lockFolder(folder);
  try {
    yield* resumeLocked(lock, options);
  } finally {
    await lock.release();
  }
}

async function* resumeLocked(
  lock: FolderLock,
  options: RunOptions & { corpus?: CorpusPath | undefined },
): AsyncGenerator<AssembledEvent> {
  const { folder } = lock;
  const { given, started = performance.now() } = options;
  const { assembly, plan, evaluated } = await resumedAssembly(folder, options);
  const lengthened: Length =
    given.for !== undefined
      ? planLength(assembly, started, plan)
      : { plan: given.epochs === undefined ? plan : lengthen(plan, given.epochs * assembly.training.batchesPerEpoch) };
  if (lengthened.plan.steps <= assembly.trainer.steps && evaluated) {
    const epochs = assembly.trainer.steps / assembly.training.batchesPerEpoch;
    throw new UsageError(
      `${folder} has finished its ${epochs.toFixed(1)} epochs; to continue, give more with --epochs, or give --for`,
    );
  }
  if (evaluated && assembly.trainer.outOfPatience) {
    throw new UsageError(
      `${folder} stopped after ${assembly.recipe.patience} evaluations without an improvement; to continue, give a larger --patience`,
    );
  }
  yield* execute(lock, assembly, lengthened, options, true);
}

/** Trains the network of an assembly in a folder, and frees the assembly. */
export async function* execute(
  lock: FolderLock,
  assembly: Assembly,
  { plan: firstPlan, budget, pace }: Length,
  { stop, saveEvery }: RunOptions,
  resumed: boolean,
  ownWarnings: readonly string[] = [],
): AsyncGenerator<AssembledEvent> {
  const { folder } = lock;
  const { trainer, network, prepared } = assembly;
  let plan = firstPlan;
  let reason: EndReason = "finished";
  let bag: Bag | null = null;
  const save = ({ best, training, progress }: Snapshot, end?: RunEnd): Promise<void> =>
    saveCheckpoint(
      folder,
      checkpointDocument(assembly, plan, progress, end),
      {
        weights: best,
        ...(!assembly.distilled && { training }),
        ngrams: end?.mixture?.ngrams.toArrays(),
        bag: end?.bag?.model.toArrays(),
        ...end?.digest?.arrays,
      },
      lock,
    );

  try {
    await save(trainer.snapshot());
    const description = describeRun(assembly);
    const warnings = [...description.warnings, ...ownWarnings];
    const validationSample = trainer.validationSample(plan);
    yield { type: "begin", folder, plan, validationSample, resumed, ...description, warnings, assembly };
    bag = fitBesideNetwork(assembly);
    if (bag) yield { type: "bag", ...bag.record };
    let lastYield = performance.now();
    let due = lastYield + 1000 * (saveEvery ?? saveInterval(0));
    for await (const event of trainer.run(() => plan, stop)) {
      const now = performance.now();
      if (event.type === "end") ({ reason } = event);
      if (now > due) {
        await save(trainer.snapshot());
        const saved = performance.now();
        due = saved + 1000 * (saveEvery ?? saveInterval((saved - now) / 1000));
      }
      if (performance.now() - lastYield > yieldInterval * 1000) {
        await setImmediate();
        lastYield = performance.now();
      }
      yield event;
      const changed = event.type === "step" && pace ? pace.after(event.step, plan) : plan;
      if (changed === plan) continue;
      plan = changed;
      yield { type: "plan", plan };
    }
    const trained = trainer.snapshot();
    await save(trained);
    network.assign(trained.best);
    const scoring = budget ?? scoringBudget(assembly);
    const planned = scoring?.scoringTimes(!budget || reason === "interrupted");
    const fitted = fitOwnMixture(assembly, planned, reason === "interrupted");
    const times = fitted ? scoring?.scoringTimes(true) : planned; // however long the n-gram model took
    if (fitted) yield { type: "ngrams", ...ngramsOf(fitted) };
    const mixture = fitted?.helps ? fitted.mixture : undefined;
    const alone = calibratedRun(assembly, trained, { times });
    const chosen = bag && chooseLabelModel(assembly, bag, times?.network);
    if (chosen) yield chosen.event;
    const { snapshot: last, records } = chosen?.bag
      ? calibratedRun(assembly, alone.snapshot, { bag: chosen.bag, times })
      : alone;
    const result = finalScores(assembly, { mixture, bag: chosen?.bag }, times);
    const from = assembly.started && scoredRecord(network, assembly.started);
    const digest = ownDigest(prepared, assembly.recipe);
    await save(last, { result, from, mixture, bag: chosen?.bag, records, digest });
    const base = from && baseScores(from, prepared.task);
    const diagnosis = assembly.distilled // the training loss is another function than the validation loss
      ? []
      : diagnose(recordOf(assembly, { reason, result, progress: last.progress }));
    const { calibration } = records;
    yield { type: "result", folder, result, ...(base && { base }), ...(calibration && { calibration }), diagnosis };
  } finally {
    assembly.dispose();
  }
}
