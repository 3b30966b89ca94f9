/** @file The scores that an evaluation reports: accuracy, precision, recall and F1 from a confusion matrix. */
export { type Errors, errorsOf, perplexity } from "../common/measures.js";

/** counts[truth][predicted], [classes, classes] */
export type ConfusionMatrix = readonly (readonly number[])[];

/** Each score from 0 to 1; `support` is how many examples have the class. */
export type Scores = { precision: number; recall: number; f1: number; support: number };

export type Report = {
  accuracy: number;
  /** How many examples. */
  support: number;
  classes: ({ label: string } & Scores)[];
  /** The plain mean over the classes. */
  macro: Scores;
  /** The mean over the classes, each weighted by its support. */
  weighted: Scores;
};

/** @param pairs truth and prediction of each example, class ids below `classes` */
export function confusionMatrix(
  pairs: Iterable<readonly [truth: number, predicted: number]>,
  classes: number,
): ConfusionMatrix {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const [truth, predicted] of pairs) matrix[truth]![predicted]! += 1;
  return matrix;
}

/** The share of examples on the diagonal; 0 of no examples. */
const accuracyOf = (matrix: ConfusionMatrix): number =>
  share(sum(matrix.map((row, index) => row[index]!)), sum(matrix.flat()));

/**
 * The numbers of scikit-learn's `classification_report(zero_division=0)`: a score without anything to count is 0, and a class that
 * neither occurs nor is predicted is no part of the averages.
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
      precision: share(hits, predicted),
      recall: share(hits, support),
      f1: share(2 * hits, predicted + support),
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
    share(sum(classes.map((scores) => weight(scores) * of(scores))), total);
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
    support: sum(classes.map(({ support }) => support)),
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
