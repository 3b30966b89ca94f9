/** @file What a corpus is for, where nobody says: to tag, to label, to predict numbers, or to write like. */
import type { Task } from "../common/names.js";
import type { Corpus } from "../corpus/document.js";
import { numberOf } from "./encodeCorpus.js";

/** A few numbers are classes, as the stars of a review are. */
const mostClasses = 20;

/** To predict only what looks measured: more different numbers than classes commonly are, and not all of them whole. */
export function labelTask(labels: readonly string[]): "classifier" | "regressor" {
  const numbers = labels.map(numberOf);
  const measured = numbers.every((number) => number !== undefined) && !numbers.every(Number.isInteger);
  return measured && labels.length > mostClasses ? "regressor" : "classifier";
}

/** @param labels all that the corpus has */
export function usualTask({ tagged, labelled }: Corpus, labels: readonly string[]): Task {
  if (tagged) return "tagger";
  return labelled ? labelTask(labels) : "generator";
}
