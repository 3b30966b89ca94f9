/** @file Two classifiers on the same documents. */
import { type LabelPredictions, predictedClasses } from "./labelPredictions.js";
import { labelsIn, type LabelSetPredictions, setsOf } from "./labelSetPredictions.js";
import { type McNemarTest, mcNemarTest } from "./mcNemar.js";

/** The numbers of documents by who is right, and McNemar's test of their difference. */
export type PairedCounts = McNemarTest & {
  bothRight: number;
  firstAlone: number;
  secondAlone: number;
  bothWrong: number;
};

export type PairedComparison = PairedCounts & {
  /** The folder and the accuracy of the other checkpoint, which is the second one; of sets of labels, the fraction of whole sets that are right. */
  checkpoint: string;
  accuracy: number;
  /** Whether the other checkpoint was trained on another corpus or split, so that it may have been trained on some of these documents. */
  mayHaveSeen: boolean;
};

/** A p below this is more than chance. */
export const significance = 0.05;

/** Of each document, by its index: its actual label or set of labels, and whether it was predicted. */
export type Hits = ReadonlyMap<number, { actual: string; isRight: boolean }>;

/** @throws Error for hits of other documents, which is a bug */
export function pairedCounts(ofFirst: Hits, ofSecond: Hits): PairedCounts {
  if (ofFirst.size !== ofSecond.size) throw new Error("predictions of other documents");
  const counts = { bothRight: 0, firstAlone: 0, secondAlone: 0, bothWrong: 0 };
  for (const [document, { actual, isRight }] of ofFirst) {
    const other = ofSecond.get(document);
    if (other?.actual !== actual) throw new Error(`document ${document} has another label`);
    if (isRight) counts[other.isRight ? "bothRight" : "firstAlone"]++;
    else counts[other.isRight ? "secondAlone" : "bothWrong"]++;
  }
  return { ...counts, ...mcNemarTest(counts.firstAlone, counts.secondAlone) };
}

/** Labels by name: the classes of two checkpoints may have another order. */
export function labelHits(predictions: LabelPredictions, labels: readonly string[]): Hits {
  const predicted = predictedClasses(predictions);
  return new Map(
    Array.from(predictions.documents, (document, row) => {
      const actual = predictions.actual[row]!;
      return [document, { actual: labels[actual]!, isRight: predicted[row] === actual }];
    }),
  );
}

/** A set is right if all of it is (exact match). */
export const setHits = (predictions: LabelSetPredictions, labels: readonly string[]): Hits =>
  new Map(
    Array.from(predictions.documents, (document, row) => {
      const { actual, predicted } = setsOf(predictions, row);
      const names = labelsIn(actual, labels).toSorted();
      return [
        document,
        { actual: JSON.stringify(names), isRight: actual.every((has, label) => has === predicted[label]) },
      ];
    }),
  );
