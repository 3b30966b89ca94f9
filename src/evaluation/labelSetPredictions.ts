/** @file The predicted sets of labels (--multilabel) on a part, kept for what needs all of them at once. */
import { usualThreshold } from "../common/labelSetCounts.js";
import type { Batch } from "../examples/batch.js";
import { GrowingNumbers } from "../examples/growingNumbers.js";
import type { Prediction } from "./score.js";

/** Of each document, in the order in which they were scored. */
export type LabelSetPredictions = {
  classes: number;
  /** [documents], the index of the document in its part. */
  documents: Uint32Array;
  /** [documents · classes], 1 for a label of the set, else 0. */
  actual: Uint8Array;
  predicted: Uint8Array;
  /** [documents], the mean binary cross-entropy of its labels, in nats. */
  losses: Float64Array;
};

/** Keeps predictions as they come. */
export class SetPredictionKeeper {
  private readonly documents = new GrowingNumbers(Uint32Array);
  private readonly actual = new GrowingNumbers(Uint8Array);
  private readonly predicted = new GrowingNumbers(Uint8Array);
  private readonly losses = new GrowingNumbers(Float64Array);

  /** @param thresholds the probability from which on each label applies. Default: one half */
  constructor(
    private readonly classes: number,
    private readonly thresholds: readonly number[] = Array<number>(classes).fill(usualThreshold),
  ) {}

  readonly add = ({ probabilities, actualSet }: Prediction, batch: Batch, position: number): void => {
    if (probabilities === undefined || actualSet === undefined) return;
    this.documents.push(batch.documents?.[position] ?? this.documents.length);
    let loss = 0;
    for (const [label, probability] of probabilities.entries()) {
      const has = actualSet[label] === 1;
      this.actual.push(Number(has));
      this.predicted.push(Number(probability >= this.thresholds[label]!));
      loss -= Math.log(Math.max(Number.MIN_VALUE, has ? probability : 1 - probability));
    }
    this.losses.push(loss / this.classes);
  };

  finish(): LabelSetPredictions {
    return {
      classes: this.classes,
      documents: Uint32Array.from(this.documents),
      actual: Uint8Array.from(this.actual),
      predicted: Uint8Array.from(this.predicted),
      losses: Float64Array.from(this.losses),
    };
  }
}

/** The sets of one document, [classes]. @param row its place in the order of the predictions */
export function setsOf(
  { classes, actual, predicted }: LabelSetPredictions,
  row: number,
): { actual: Uint8Array; predicted: Uint8Array } {
  const [from, to] = [row * classes, (row + 1) * classes];
  return { actual: actual.subarray(from, to), predicted: predicted.subarray(from, to) };
}

/** The names of the labels of a set. */
export const labelsIn = (set: Uint8Array, labels: readonly string[]): string[] =>
  labels.filter((_, label) => set[label] === 1);
