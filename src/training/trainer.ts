/** @file The training loop: an async generator of events, without output and without files. */
import { dispose } from "../engine/tfjs.js";
import type { OptimizerConstants } from "../engine/ops/optimizers.js";
import { createSlots, type Slots } from "../engine/ops/updateWeights.js";
import { score, secondsOfBatch } from "../evaluation/score.js";
import { type Examples, targetCount, withWordDropout } from "../examples/batch.js";
import { inSampleOrder, sampleOf } from "../examples/sampledExamples.js";
import type { LabelLoss } from "../network/head.js";
import type { Network } from "../network/network.js";
import type { WeightValues } from "../network/storedWeights.js";
import type { OptimizerName, ScheduleName } from "../common/names.js";
import { CarriedState } from "./carriedStates.js";
import type { FrozenRows } from "./frozenWeights.js";
import { gradientStep } from "./gradientStep.js";
import type { MeasuredCost, Plan } from "./plan.js";
import { type Decay, schedules, warmUpFactor } from "./schedules.js";
import { isBetter, type HistoryEntry, type Progress, readTensors, type Snapshot, writeTensors } from "./runProgress.js";

export type TrainerOptions = Decay &
  OptimizerConstants & {
    optimizer: OptimizerName;
    learningRate: number;
    schedule: ScheduleName;
    /** The largest global norm of the gradients; larger ones are scaled down. */
    clipNorm: number;
    /** The fraction of input tokens that are replaced by the unknown token in training, 0 … 1. */
    wordDropout: number;
    /** Training stops after this number of evaluations without an improvement. */
    patience?: number | undefined;
    /** Training steps in which the learning rate rises. Default: 0. */
    warmUp?: number | undefined;
    /** Weights that stay as they are. Default: none. */
    frozen?: FrozenRows | undefined;
    /** The training loss of labels. Default: the mean cross-entropy, which is that of the validation part in any case. */
    labelLoss?: LabelLoss | undefined;
    /** Whether the best weights are those of the lowest validation loss, also of labels. Default: of the highest accuracy. */
    bestByLoss?: boolean;
    seed: number;
  };

export type TrainingEvent =
  | { type: "step"; step: number; epoch: number; loss: number; targets: number }
  | { type: "evaluation"; entry: HistoryEntry; best: boolean }
  | { type: "end"; reason: EndReason; step: number };

/** How much of the validation part is read at each evaluation. */
export type ValidationSample = { targets: number; of: number };

/** diverged: a loss or a gradient was not finite; the weights are the best ones until then. */
export type EndReason = "finished" | "patience" | "diverged" | "interrupted";

/** Trains a network on examples. A snapshot contains its complete state, and `restore` continues from it. */
export class Trainer {
  private progress: Progress = { step: 0, history: [], best: 0, running: { loss: 0, batches: 0 } };
  private best: WeightValues | null = null;
  private slots: Slots;
  private carried = new CarriedState();

  /**
   * @param validation null without a validation part: then the latest weights are the best
   * @param sample generates a text at each evaluation; null for none
   */
  constructor(
    readonly network: Network,
    private readonly examples: Examples,
    private readonly validation: Examples | null,
    private readonly options: TrainerOptions,
    private readonly sample: (() => string) | null = null,
  ) {
    this.slots = createSlots(options.optimizer, this.variables);
  }

  get steps(): number {
    return this.progress.step;
  }

  /** The best weights so far; the current ones before the first evaluation. */
  get bestWeights(): WeightValues {
    return this.best ?? this.network.values();
  }

  /**
   * Trains for the steps of the plan, with its evaluations.
   * @param planned a function, if the number of steps may change during training
   * @param stop ends the run after the current step, without an evaluation, so that a resumed run has the same history
   */
  async *run(planned: Plan | (() => Plan), stop: AbortSignal): AsyncGenerator<TrainingEvent> {
    const { progress, options } = this;
    const currentPlan = typeof planned === "function" ? planned : () => planned;
    const validation = this.validationFor(currentPlan());
    let reason: EndReason | null = null;
    while (reason === null) {
      const { steps, evaluateEvery } = currentPlan();
      // Before the next step, not after the last one: a run that was saved in between evaluates when it is resumed.
      const isDue = progress.step % evaluateEvery === 0 || progress.step >= steps;
      if (progress.running.batches > 0 && isDue) {
        const evaluation = this.evaluate(validation);
        if (evaluation) yield evaluation;
        else reason = "diverged";
      }
      reason ??= this.endsBefore(steps, stop);
      if (reason !== null) break;

      const position = { step: progress.step, steps, epoch: this.epoch };
      const factor = schedules[options.schedule](position, options) * warmUpFactor(position.step, options.warmUp ?? 0);
      const { loss, norm, targets, replayed } = this.step(factor);
      if (Number.isFinite(loss) && Number.isFinite(norm)) {
        progress.step++;
        if (!replayed) {
          progress.running.loss += loss;
          progress.running.batches++;
        }
        yield { type: "step", step: progress.step, epoch: position.epoch, loss, targets };
      } else reason = "diverged";
    }
    yield { type: "end", reason, step: progress.step };
  }

  /** Measures the seconds of a training step. The measured steps change nothing: they have learning rate 0 and separate optimizer state. */
  measure(seconds: number): number {
    const { slots, carried, examples } = this;
    this.slots = createSlots(this.options.optimizer, this.variables);
    this.carried = new CarriedState();
    this.step(0); // warm-up: the first step allocates memory
    const started = performance.now();
    let count = 0;
    let elapsed = 0;
    for (; elapsed < seconds; elapsed = (performance.now() - started) / 1000) {
      count++;
      this.carried.dispose(); // the measured batches are not consecutive
      this.step(0, Math.floor(((count * goldenRatio) % 1) * examples.batchesPerEpoch));
    }
    dispose(this.slots);
    this.carried.dispose();
    this.slots = slots;
    this.carried = carried;
    return elapsed / count;
  }

  /** Measures the seconds of a batch of the validation part, and of the text that an evaluation generates. @param seconds that the measurement takes at least */
  measureEvaluation(seconds: number): Omit<MeasuredCost, "step"> {
    const { validation, network, options } = this;
    if (!validation) return { batch: 0, batches: 0, text: 0 };
    const batch = secondsOfBatch(network, inSampleOrder(validation, options.seed), seconds);
    const started = performance.now();
    this.sample?.();
    return { batch, batches: validation.batchesPerEpoch, text: (performance.now() - started) / 1000 };
  }

  /** The complete state, from which a resumed run continues to the same bits. */
  snapshot(): Snapshot {
    const { network, slots, carried } = this;
    return {
      progress: structuredClone(this.progress),
      best: this.bestWeights,
      training: writeTensors({ network, slots, carried: carried.states }),
    };
  }

  /** Continues from a snapshot. @throws UserError for tensors of another network */
  restore({ progress, best, training }: Snapshot): void {
    const { weights, slots, carried } = readTensors(training, this.network, this.slots);
    this.network.assign(weights);
    for (const [name, variables] of Object.entries(this.slots)) {
      for (const [index, variable] of variables.entries()) variable.assign(slots[name]![index]!);
    }
    dispose(slots);
    this.carried.dispose();
    this.carried = new CarriedState(carried);
    this.progress = progress;
    this.best = progress.best > 0 ? best : null;
  }

  dispose(): void {
    dispose(this.slots);
    this.carried.dispose();
  }

  private get variables() {
    return [...this.network.weights.values()];
  }

  /** Whether the last `patience` evaluations were no improvement. */
  get outOfPatience(): boolean {
    const { best, history } = this.progress;
    return history.filter(({ step }) => step > best).length >= (this.options.patience ?? Infinity);
  }

  /** The targets that an evaluation of a plan reads, about, and those of the whole validation part; null if it reads all. */
  validationSample(plan: Plan): ValidationSample | null {
    const [read, whole] = [this.validationFor(plan), this.validation];
    if (!read || !whole || read.batchesPerEpoch === whole.batchesPerEpoch) return null;
    return { targets: read.targetsPerEpoch, of: whole.targetsPerEpoch };
  }

  private validationFor({ validationBatches }: Plan): Examples | null {
    const { validation, options } = this;
    if (!validation || validationBatches === undefined) return validation;
    return sampleOf(validation, validationBatches, options.seed);
  }

  private get epoch(): number {
    return Math.floor(this.progress.step / this.examples.batchesPerEpoch);
  }

  /** The reason to stop before the next step; null for none. */
  private endsBefore(steps: number, stop: AbortSignal): EndReason | null {
    if (this.progress.step >= steps) return "finished";
    if (this.outOfPatience) return "patience";
    return stop.aborted ? "interrupted" : null;
  }

  /** One training step. @param factor of the learning rate @param index of the batch in its epoch */
  private step(factor: number, index = this.progress.step % this.examples.batchesPerEpoch) {
    const { options, network, slots, carried } = this;
    const { step } = this.progress;
    const batch = withWordDropout(this.examples.batch(this.epoch, index), options, step);
    const { loss, norm, state } = gradientStep(network, batch, carried.before(batch), slots, {
      ...options,
      learningRate: options.learningRate * factor,
      step,
    });
    carried.keep(batch, state);
    return { loss, norm, targets: targetCount(batch), replayed: batch.replayed ?? false };
  }

  /** @returns null if the validation loss is not finite */
  private evaluate(validation: Examples | null): TrainingEvent | null {
    const { progress, network, examples } = this;
    const found = validation && score(network, validation);
    if (found && !Number.isFinite(found.loss)) return null;
    const entry: HistoryEntry = {
      step: progress.step,
      epoch: Math.ceil(progress.step / examples.batchesPerEpoch),
      training: progress.running.loss / progress.running.batches,
      ...(found && { validation: found.loss }),
      ...(found?.accuracy !== undefined && { accuracy: found.accuracy }),
      ...(found && this.sample && { sample: this.sample() }),
    };
    const best = isBetter(
      entry,
      progress.history.find(({ step }) => step === progress.best),
      this.options.bestByLoss,
    );
    if (best) {
      progress.best = entry.step;
      this.best = network.values();
    }
    progress.history.push(entry);
    progress.running = { loss: 0, batches: 0 };
    return { type: "evaluation", entry, best };
  }
}

/** Its multiples modulo 1 spread evenly over [0, 1). */
const goldenRatio = (Math.sqrt(5) - 1) / 2;
