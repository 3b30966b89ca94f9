/** @file The training loop: an async generator of events that prints nothing and touches no file. */
import { dispose } from "../engine/tfjs.js";
import type { OptimizerConstants } from "../engine/ops/optimizers.js";
import { createSlots, type Slots } from "../engine/ops/updateWeights.js";
import { score } from "../evaluation/score.js";
import { type Examples, targetCount } from "../examples/batch.js";
import { withWordDropout } from "../examples/wordDropout.js";
import type { Network, NetworkState } from "../network/network.js";
import type { WeightValues } from "../network/storedWeights.js";
import type { OptimizerName, ScheduleName } from "../common/names.js";
import { gradientStep } from "./gradientStep.js";
import type { Plan } from "./plan.js";
import { type Decay, schedules } from "./schedules.js";
import { isBetter, type HistoryEntry, type Progress, readTensors, type Snapshot, writeTensors } from "./runProgress.js";

export type TrainerOptions = Decay &
  OptimizerConstants & {
    optimizer: OptimizerName;
    learningRate: number;
    schedule: ScheduleName;
    /** Gradients are scaled down to this global norm. */
    clipNorm: number;
    /** Share of input tokens that are read as unknown, 0 … 1: the network learns to do without any one word. */
    wordDropout: number;
    /** Evaluations without a better one before training stops. */
    patience?: number | undefined;
    seed: number;
  };

export type TrainingEvent =
  | { type: "step"; step: number; epoch: number; loss: number; targets: number }
  | { type: "evaluation"; entry: HistoryEntry; best: boolean }
  | { type: "end"; reason: EndReason; step: number };

/** diverged: the loss or a gradient was not a finite number; the weights are the best so far. */
export type EndReason = "finished" | "patience" | "diverged" | "interrupted";

/** Trains a network on examples; where a run stands can be taken out as a snapshot and put back in. */
export class Trainer {
  private progress: Progress = { step: 0, history: [], best: 0, running: { loss: 0, batches: 0 } };
  private best: WeightValues | null = null;
  private slots: Slots;
  private carried: NetworkState | null = null;

  /**
   * @param validation null where nothing is kept back to steer by: then the latest weights are the best
   * @param sample a text that the network writes as it is, kept with each evaluation; null for none
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
   * Trains until the plan's steps are done, evaluating on the way.
   * @param stop ends the run after the step under way; nothing is evaluated then, so that a resumed run is as if it never stopped
   */
  async *run({ steps, evaluateEvery }: Plan, stop: AbortSignal): AsyncGenerator<TrainingEvent> {
    const { progress, options } = this;
    let reason: EndReason | null = null;
    while (reason === null) {
      // Before the next step, not after the last: a run saved between the two still owes its evaluation when it is resumed.
      if (progress.running.batches > 0 && progress.step % evaluateEvery === 0) {
        const evaluation = this.evaluate();
        if (evaluation) yield evaluation;
        else reason = "diverged";
      }
      reason ??= this.endsBefore(steps, stop);
      if (reason !== null) break;

      const place = { step: progress.step, steps, epoch: this.epoch };
      const { loss, norm, targets } = this.step(schedules[options.schedule](place, options));
      if (Number.isFinite(loss) && Number.isFinite(norm)) {
        progress.step++;
        progress.running.loss += loss;
        progress.running.batches++;
        yield { type: "step", step: progress.step, epoch: place.epoch, loss, targets };
      } else reason = "diverged";
    }
    yield { type: "end", reason, step: progress.step };
  }

  /** Seconds of one step, from steps all over the epoch that change nothing: a learning rate of zero and optimizer state of their own. */
  measure(seconds: number): number {
    const { slots, carried, examples } = this;
    this.slots = createSlots(this.options.optimizer, this.variables);
    this.carried = null;
    this.step(0); // the first one allocates
    const started = performance.now();
    let count = 0;
    let spent = 0;
    for (; spent < seconds; spent = (performance.now() - started) / 1000) {
      count++;
      this.step(0, Math.floor(((count * goldenRatio) % 1) * examples.batchesPerEpoch));
    }
    dispose(this.slots);
    if (this.carried) dispose(this.carried);
    this.slots = slots;
    this.carried = carried;
    return spent / count;
  }

  /** All that exact resumption needs. */
  snapshot(): Snapshot {
    const { network, slots, carried } = this;
    return {
      progress: structuredClone(this.progress),
      best: this.bestWeights,
      training: writeTensors({ network, slots, carried }),
    };
  }

  /** Goes on where a snapshot was taken. @throws UserError for tensors that are not this network's */
  restore({ progress, best, training }: Snapshot): void {
    const { weights, slots, carried } = readTensors(training, this.network, this.slots);
    this.network.assign(weights);
    for (const [name, variables] of Object.entries(this.slots)) {
      for (const [index, variable] of variables.entries()) variable.assign(slots[name]![index]!);
    }
    dispose(slots);
    this.carried = carried;
    this.progress = progress;
    this.best = progress.best > 0 ? best : null;
  }

  dispose(): void {
    dispose(this.slots);
    if (this.carried) dispose(this.carried);
  }

  private get variables() {
    return [...this.network.weights.values()];
  }

  /** Whether validation has stopped getting better for as long as was to be waited. */
  get outOfPatience(): boolean {
    const { best, history } = this.progress;
    return history.filter(({ step }) => step > best).length >= (this.options.patience ?? Infinity);
  }

  private get epoch(): number {
    return Math.floor(this.progress.step / this.examples.batchesPerEpoch);
  }

  /** Why there is no next step; null where there is one. */
  private endsBefore(steps: number, stop: AbortSignal): EndReason | null {
    if (this.progress.step >= steps) return "finished";
    if (this.outOfPatience) return "patience";
    return stop.aborted ? "interrupted" : null;
  }

  /** One step of gradient descent. @param factor on the learning rate @param index of the batch in its epoch */
  private step(factor: number, index = this.progress.step % this.examples.batchesPerEpoch) {
    const { options, network, slots } = this;
    const { step } = this.progress;
    const batch = withWordDropout(this.examples.batch(this.epoch, index), options, step);
    const { loss, norm, state } = gradientStep(network, batch, batch.continues ? this.carried : null, slots, {
      ...options,
      learningRate: options.learningRate * factor,
      step,
    });
    if (this.carried) dispose(this.carried);
    this.carried = state;
    return { loss, norm, targets: targetCount(batch) };
  }

  /** @returns null where validation's loss is not a finite number */
  private evaluate(): TrainingEvent | null {
    const { progress, network, examples } = this;
    const found = this.validation && score(network, this.validation);
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

/** Its multiples spread evenly over an interval, however many they are. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;
