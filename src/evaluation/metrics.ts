/** @file Accuracy, precision, recall and F1 of a confusion matrix. */

export { perplexity, type RegressionErrors, regressionErrors } from "../common/lossMetrics.js";

/** counts[actual][predicted], [classes, classes] */
export type ConfusionMatrix = readonly (readonly number[])[];

/** Each score from 0 to 1; `support` is the number of examples of the class. */
export type Scores = { precision: number; recall: number; f1: number; support: number };

export type Report = {
  accuracy: number;
  /** The number of examples. */
  support: number;
  classes: ({ label: string } & Scores)[];
  /** The unweighted mean over the classes. */
  macro: Scores;
  /** The mean over the classes, each weighted by its support. */
  weighted: Scores;
};

/** No counts yet, to be filled one by one. */
export const emptyConfusion = (classes: number): number[][] =>
  Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));

/** @param pairs the actual and the predicted class id of each example, below `classes` */
export function confusionMatrix(
  pairs: Iterable<readonly [actual: number, predicted: number]>,
  classes: number,
): ConfusionMatrix {
  const matrix = emptyConfusion(classes);
  for (const [actual, predicted] of pairs) matrix[actual]![predicted]! += 1;
  return matrix;
}

/** The fraction of examples on the diagonal; 0 without examples. */
const accuracyOf = (matrix: ConfusionMatrix): number =>
  ratio(sum(matrix.map((row, index) => row[index]!)), sum(matrix.flat()));

/**
 * The numbers of scikit-learn's `classification_report(zero_division=0)`: a score with a denominator of 0 is 0, and a class that
 * neither occurs nor is predicted is not in the averages.
 * @param labels the name of each class
 */
export function classificationReport(matrix: ConfusionMatrix, labels: readonly string[]): Report {
  const predictions = labels.map((_, index) => sum(matrix.map((row) => row[index]!)));
  const classes = labels.map((label, index) => {
    const hits = matrix[index]![index]!;
    const support = sum(matrix[index]!);
    const predicted = predictions[index]!;
    return {
      label,
      precision: ratio(hits, predicted),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, predicted + support),
      support,
    };
  });
  const present = classes.filter((one, index) => one.support + predictions[index]! > 0);
  return {
    accuracy: accuracyOf(matrix),
    support: sum(matrix.flat()),
    classes,
    macro: average(present, () => 1),
    weighted: average(present, ({ support }) => support),
  };
}

function average(classes: readonly Scores[], weight: (scores: Scores) => number): Scores {
  const total = sum(classes.map(weight));
  const mean = (of: (scores: Scores) => number): number =>
    ratio(sum(classes.map((scores) => weight(scores) * of(scores))), total);
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
    support: sum(classes.map(({ support }) => support)),
  };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
