/** @file The record of a run at its end, and what its curves say. */
import type { Task } from "../common/names.js";
import { networkInMix, type Result } from "../evaluation/result.js";
import type { Recipe } from "../options/recipe.js";
import type { Assembly } from "./assembly.js";
import type { HistoryEntry, Progress } from "./runProgress.js";
import type { EndReason } from "./trainer.js";

/** What a run has recorded at its end. */
export type RunRecord = {
  task: Task;
  reason: EndReason;
  /** The evaluations, in order of steps, and the step of the best one. */
  history: readonly HistoryEntry[];
  best: number;
  stepsPerEpoch: number;
  /** Weights of the network. */
  parameters: number;
  /** Outputs of the network: tokens of a generator, labels of other tasks. */
  classes: number;
  /** The tokens of the vocabulary; absent for rows of numbers. */
  vocabulary?: number | undefined;
  /** Of the training part. */
  training: { documents: number; characters: number; tokens: number };
  recipe: Pick<Recipe, "learningRate" | "optimizer" | "dropout" | "tokenizer" | "units"> &
    Partial<Pick<Recipe, "labelSmoothing" | "classWeight">>;
  result: Result | null;
};

/** The record of a run that has ended. */
export const recordOf = (
  { prepared, network, training, recipe }: Assembly,
  { reason, result, progress }: { reason: EndReason; result: Result | null; progress: Progress },
): RunRecord => ({
  task: prepared.task,
  reason,
  history: progress.history,
  best: progress.best,
  stepsPerEpoch: training.batchesPerEpoch,
  parameters: network.parameters,
  classes: network.spec.classes,
  vocabulary: network.spec.vocabulary,
  training: prepared.counts.training,
  recipe,
  result,
});

/** Nats by which a baseline is clearly better, for a generator. */
const clearlyBetter = 0.05;

/** What the curves say. Losses in nats, or mean squared errors. */
export type Figures = {
  training: readonly number[];
  validation: readonly number[];
  /** The last evaluation. */
  last: { training: number; validation: number };
  /** The lowest validation loss, and its evaluation. */
  lowest: { loss: number; epoch: number; index: number };
  epochs: number;
  /** 1 − training / validation at the end; below 0 with dropout. */
  gap: number;
  /** The fraction by which the validation loss fell in the last quarter of the run. */
  fall: number;
  /** The best baseline, if it is clearly better than the network. */
  better: { name: string; network: string; baseline: string } | null;
};

/** @returns null without an evaluation on a validation part */
export function figuresOf({ history, stepsPerEpoch, result, task }: RunRecord): Figures | null {
  const measured = history.flatMap(({ validation, ...entry }) =>
    validation === undefined ? [] : [{ ...entry, validation }],
  );
  const last = measured.at(-1);
  if (!last) return null;
  const validation = measured.map((entry) => entry.validation);
  const index = validation.indexOf(Math.min(...validation));
  const quarter = validation[Math.max(0, validation.length - 1 - Math.ceil(validation.length / 4))]!;
  return {
    training: measured.map(({ training }) => training),
    validation,
    last,
    lowest: { loss: validation[index]!, epoch: measured[index]!.step / stepsPerEpoch, index },
    epochs: last.step / stepsPerEpoch,
    gap: 1 - last.training / last.validation,
    fall: validation.length > 1 ? 1 - last.validation / quarter : 0,
    better: betterBaseline(result, task),
  };
}

/** The best baseline, if it is better than the network by more than the chance of a small part explains. */
function betterBaseline(result: Result | null, task: Task): Figures["better"] {
  if (result === null) return null;
  const perplexityOf = (loss: number): string => `perplexity ${Math.exp(loss).toPrecision(3)}`;
  const percentOf = (accuracy: number): string => `accuracy ${(100 * accuracy).toFixed(1)}%`;
  if (task === "generator") {
    const [best] = result.baselines.toSorted((left, right) => (left.loss ?? Infinity) - (right.loss ?? Infinity));
    const { loss = result.loss } = result.baselines.find(({ name }) => name === networkInMix) ?? {};
    if (best?.loss === undefined || !(loss > best.loss + clearlyBetter)) return null;
    return { name: best.name, network: perplexityOf(loss), baseline: perplexityOf(best.loss) };
  }
  const { accuracy, targets } = result;
  if (accuracy === undefined) return null;
  const [best] = result.baselines.toSorted((left, right) => (right.accuracy ?? 0) - (left.accuracy ?? 0));
  if (best?.accuracy === undefined) return null;
  const error = Math.sqrt((best.accuracy * (1 - best.accuracy) + accuracy * (1 - accuracy)) / targets);
  if (!(best.accuracy > accuracy + Math.max(0.01, 2 * error))) return null;
  return { name: best.name, network: percentOf(accuracy), baseline: percentOf(best.accuracy) };
}
