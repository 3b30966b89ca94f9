/** @file The worst mistakes of a classifier, with their texts. */
import type { Document } from "../corpus/document.js";
import { type LabelPredictions, predictedClasses, probabilitiesOf } from "./labelPredictions.js";
import { labelsIn, type LabelSetPredictions, setsOf } from "./labelSetPredictions.js";

/** A text, empty for rows of numbers. @property line where it begins in its file, from 1, in formats of rows */
type FoundText = { text: string; line?: number };

export type Mistake = FoundText & {
  actual: string;
  predicted: string;
  /** Of the predicted label. */
  probability: number;
};

/** A set of labels that is not the actual one. */
export type SetMistake = FoundText & {
  actual: string[];
  predicted: string[];
  /** The mean binary cross-entropy of all labels, in nats. */
  loss: number;
};

/**
 * The most confident mistakes, highest probability first.
 * @param count at most so many
 * @param labels the name of each class
 * @param documents those of the part, in their order
 */
export async function worstMistakes(
  predictions: LabelPredictions,
  count: number,
  labels: readonly string[],
  documents: AsyncIterable<Document>,
): Promise<Mistake[]> {
  const predicted = predictedClasses(predictions);
  const confidenceOf = (row: number): number => probabilitiesOf(predictions, row)[predicted[row]!]!;
  const rows = [...predicted.keys()]
    .filter((row) => predicted[row] !== predictions.actual[row])
    .toSorted((left, right) => confidenceOf(right) - confidenceOf(left))
    .slice(0, count);
  const texts = await textsOf(rows, predictions, documents);
  return rows.map((row, place) => ({
    ...texts[place]!,
    actual: labels[predictions.actual[row]!]!,
    predicted: labels[predicted[row]!]!,
    probability: confidenceOf(row),
  }));
}

/** The sets of labels that are wrong, highest loss first. The parameters are those of `worstMistakes`. */
export async function worstSetMistakes(
  predictions: LabelSetPredictions,
  count: number,
  labels: readonly string[],
  documents: AsyncIterable<Document>,
): Promise<SetMistake[]> {
  const { losses } = predictions;
  const isWrong = (row: number): boolean => {
    const { actual, predicted } = setsOf(predictions, row);
    return actual.some((has, label) => has !== predicted[label]);
  };
  const rows = [...losses.keys()]
    .filter(isWrong)
    .toSorted((left, right) => losses[right]! - losses[left]!)
    .slice(0, count);
  const texts = await textsOf(rows, predictions, documents);
  return rows.map((row, place) => {
    const { actual, predicted } = setsOf(predictions, row);
    return {
      ...texts[place]!,
      actual: labelsIn(actual, labels),
      predicted: labelsIn(predicted, labels),
      loss: losses[row]!,
    };
  });
}

/** The texts of predictions, in the order of their rows. */
async function textsOf(
  rows: readonly number[],
  predictions: { documents: Uint32Array },
  documents: AsyncIterable<Document>,
): Promise<FoundText[]> {
  const places = new Map(rows.map((row, place) => [predictions.documents[row]!, place]));
  const texts = Array<FoundText>(rows.length);
  let index = 0;
  for await (const { text, line } of documents) {
    const place = places.get(index++);
    if (place !== undefined) texts[place] = { text, ...(line !== undefined && { line }) };
  }
  return texts;
}
