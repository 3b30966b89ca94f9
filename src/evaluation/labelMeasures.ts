/** @file The scores of a classifier that need all its predictions: intervals, calibration, Brier score and rankings. */
import { type Calibration, calibrationOf } from "./calibration.js";
import { calibrationInterval, type Interval, proportionInterval } from "./intervals.js";
import { type LabelPredictions, predictedClasses, probabilitiesOf } from "./labelPredictions.js";
import { meanOfDefined, type Ranking, rankingOf } from "./ranking.js";

export type LabelMeasures = {
  /** 95 % confidence interval of the accuracy (Wilson). */
  accuracyInterval: Interval;
  /** With the 95 % confidence interval of its error (basic bootstrap). */
  calibration: Calibration;
  /** The mean probability of the predicted label. Above the accuracy the classifier is overconfident. */
  meanConfidence: number;
  /** The mean squared distance of the probabilities from 1 for the actual label and 0 for others: summed over the labels, of two labels one. 0 is best. */
  brierScore: number;
  /** The means over the labels, each against the rest; absent if none is defined. */
  rocAuc?: number;
  averagePrecision?: number;
  /** In the order of the labels. */
  rankings: Ranking[];
};

/** @param predictions of at least one document */
export function labelMeasures(predictions: LabelPredictions): LabelMeasures {
  const { actual, classes } = predictions;
  const predicted = predictedClasses(predictions);
  const hits = Uint8Array.from(predicted, (label, row) => Number(label === actual[row]));
  const confidences = Float64Array.from(predicted, (label, row) => probabilitiesOf(predictions, row)[label]!);
  const calibration = calibrationOf(confidences, hits);
  const rankings = Array.from({ length: classes }, (_, label) => rankingOfClass(predictions, label));
  const rocAuc = meanOfDefined(rankings.map((ranking) => ranking.rocAuc));
  const averagePrecision = meanOfDefined(rankings.map((ranking) => ranking.averagePrecision));
  return {
    accuracyInterval: proportionInterval(sum(hits), hits.length),
    calibration: { ...calibration, interval: calibrationInterval(confidences, hits, calibration.error) },
    meanConfidence: sum(confidences) / confidences.length,
    brierScore: brierScore(predictions),
    ...(rocAuc !== undefined && { rocAuc }),
    ...(averagePrecision !== undefined && { averagePrecision }),
    rankings,
  };
}

const rankingOfClass = ({ actual, probabilities, classes }: LabelPredictions, label: number): Ranking =>
  rankingOf(
    Array.from(actual, (id) => id === label),
    Float64Array.from(actual, (_, row) => probabilities[row * classes + label]!),
  );

/** That of scikit-learn (Brier 1950): of two labels the squared error of one probability. */
function brierScore({ actual, probabilities, classes }: LabelPredictions): number {
  let squares = 0;
  for (const [row, label] of actual.entries()) {
    for (let other = 0; other < classes; other++)
      squares += (probabilities[row * classes + other]! - Number(other === label)) ** 2;
  }
  return squares / actual.length / (classes === 2 ? 2 : 1);
}

const sum = (numbers: Uint8Array | Float64Array): number => {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
};
