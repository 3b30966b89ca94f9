/** @file The predictions of a classifier on a part, kept for the scores that need all of them at once. */
import { type ArrangeOptions, evaluationExamples } from "../examples/arrange.js";
import type { Batch } from "../examples/batch.js";
import { GrowingNumbers } from "../examples/growingNumbers.js";
import type { Prepared } from "../examples/prepare.js";
import { firstBatches, inSampleOrder } from "../examples/sampledExamples.js";
import type { Part } from "../examples/split.js";
import { argmax } from "../network/softmax.js";
import { type Predictor, scorerOf } from "./predictor.js";
import type { Prediction } from "./score.js";

/** Of each document, in the order in which they were scored. */
export type LabelPredictions = {
  classes: number;
  /** [documents], the index of the document in its part. */
  documents: Uint32Array;
  /** [documents], the class id. */
  actual: Int32Array;
  /** [documents · classes], each row summing to 1. */
  probabilities: Float64Array;
};

/** Keeps predictions as they come. */
export class PredictionKeeper {
  private readonly documents = new GrowingNumbers(Uint32Array);
  private readonly actual = new GrowingNumbers(Int32Array);
  private readonly probabilities = new GrowingNumbers(Float64Array);

  constructor(private readonly classes: number) {}

  readonly add = ({ actual, probabilities }: Prediction, batch: Batch, position: number): void => {
    if (probabilities === undefined) return;
    this.documents.push(batch.documents?.[position] ?? this.documents.length);
    this.actual.push(actual);
    for (const probability of probabilities) this.probabilities.push(probability);
  };

  finish(): LabelPredictions {
    return {
      classes: this.classes,
      documents: Uint32Array.from(this.documents),
      actual: Int32Array.from(this.actual),
      probabilities: Float64Array.from(this.probabilities),
    };
  }
}

export type PredictionLimits = {
  /** About so many predictions at most, of a sample. Default: all. */
  most?: number;
  /** When the time is over, in milliseconds of `performance.now`. */
  until?: number | undefined;
};

/** The predictions for a part, in the order of a sample. @returns null for an empty part */
export function predictionsOn(
  model: Predictor,
  prepared: Prepared,
  part: Part,
  options: ArrangeOptions,
  { most = Infinity, until }: PredictionLimits = {},
): LabelPredictions | null {
  const examples = evaluationExamples(prepared, part, options);
  if (!examples) return null;
  const keeper = new PredictionKeeper(prepared.labels.length);
  const batches = Math.ceil((most * examples.batchesPerEpoch) / examples.targetsPerEpoch);
  const sample = firstBatches(inSampleOrder(examples, options.seed), batches);
  scorerOf(model, prepared, part)(sample, { until, onPrediction: keeper.add });
  return keeper.finish();
}

/** The probabilities of one document. @param row its place in the order of the predictions */
export const probabilitiesOf = ({ classes, probabilities }: LabelPredictions, row: number): Float64Array =>
  probabilities.subarray(row * classes, (row + 1) * classes);

/** The most probable class of each document. */
export const predictedClasses = (predictions: LabelPredictions): Int32Array =>
  predictions.actual.map((_, row) => argmax(probabilitiesOf(predictions, row)));
