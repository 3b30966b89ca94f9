/** @file Two classifiers on the same documents. */
import { type LabelPredictions, predictedClasses } from "./labelPredictions.js";
import { type McNemarTest, mcNemarTest } from "./mcNemar.js";

/** The numbers of documents by who is right, and McNemar's test of their difference. */
export type PairedCounts = McNemarTest & {
  bothRight: number;
  firstAlone: number;
  secondAlone: number;
  bothWrong: number;
};

export type PairedComparison = PairedCounts & {
  /** The folder and the accuracy of the other checkpoint, which is the second one. */
  checkpoint: string;
  accuracy: number;
  /** Whether the other checkpoint was trained on another corpus or split, so that it may have been trained on some of these documents. */
  mayHaveSeen: boolean;
};

/** A p below this is more than chance. */
export const significance = 0.05;

/**
 * @param first labels by name, as are those of `second`; the classes of the two may have another order
 * @throws Error for predictions of other documents, which is a bug
 */
export function pairedCounts(
  first: { predictions: LabelPredictions; labels: readonly string[] },
  second: { predictions: LabelPredictions; labels: readonly string[] },
): PairedCounts {
  const [ofFirst, ofSecond] = [hitsByDocument(first), hitsByDocument(second)];
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

type Hit = { actual: string; isRight: boolean };

function hitsByDocument({
  predictions,
  labels,
}: {
  predictions: LabelPredictions;
  labels: readonly string[];
}): Map<number, Hit> {
  const predicted = predictedClasses(predictions);
  return new Map(
    Array.from(predictions.documents, (document, row) => {
      const actual = predictions.actual[row]!;
      return [document, { actual: labels[actual]!, isRight: predicted[row] === actual }];
    }),
  );
}
