/** @file The mistakes that a classifier made with the highest probabilities, with their texts. */
import type { Document } from "../corpus/document.js";
import { type LabelPredictions, predictedClasses, probabilitiesOf } from "./labelPredictions.js";

export type Mistake = {
  /** Empty for rows of numbers. */
  text: string;
  actual: string;
  predicted: string;
  /** Of the predicted label. */
  probability: number;
  /** Where the text begins in its file, from 1, in formats of rows. */
  line?: number;
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
  const places = new Map(rows.map((row, place) => [predictions.documents[row]!, place]));
  const mistakes = Array<Mistake>(rows.length);
  let index = 0;
  for await (const { text, line } of documents) {
    const place = places.get(index++);
    if (place === undefined) continue;
    const row = rows[place]!;
    mistakes[place] = {
      text,
      actual: labels[predictions.actual[row]!]!,
      predicted: labels[predicted[row]!]!,
      probability: confidenceOf(row),
      ...(line !== undefined && { line }),
    };
  }
  return mistakes;
}
