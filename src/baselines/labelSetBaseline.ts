/** @file The baseline of sets of labels: the most frequent set. */
import { LabelSetCounter, type LabelSetScores } from "../common/labelSetCounts.js";
import type { LabelSetDocuments } from "../examples/encodeCorpus.js";
import type { Part } from "../examples/split.js";

/**
 * The scores of predicting the most frequent set of the training part for every row.
 * @param part that is scored
 * @param classes the number of all labels
 */
export function frequentSetScores(documents: LabelSetDocuments, part: Part, classes: number): LabelSetScores {
  const { training, [part]: heldOut } = documents;
  const counts = new Map<string, number>();
  const keyOf = (labels: Iterable<number>): string => [...labels].toSorted((left, right) => left - right).join();
  for (let index = 0; index < training.count; index++) {
    const key = keyOf(training.sets.document(index));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [frequent = ""] = [...counts].toSorted(([, left], [, right]) => right - left)[0] ?? [];
  const predicted = new Set(frequent === "" ? [] : frequent.split(",").map(Number));
  const counter = new LabelSetCounter(classes);
  for (let index = 0; index < heldOut.count; index++) {
    const actual = new Uint8Array(classes);
    for (const label of heldOut.sets.document(index)) actual[label] = 1;
    counter.add((label) => predicted.has(label), actual);
  }
  return counter.finish();
}
