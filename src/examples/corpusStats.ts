/** @file Counts the documents and labels of a corpus, and chooses the default task for it. */
import type { Task } from "../common/names.js";
import type { Corpus } from "../corpus/document.js";

/** Counts that the split needs; labels: all labels or tags, sorted. */
export type CorpusStats = { documents: number; characters: number; labels: string[] };

/** Reads the whole corpus. */
export async function corpusStats(corpus: Corpus): Promise<CorpusStats> {
  const labels = new Set<string>();
  let documents = 0;
  let characters = 0;
  for await (const { text, label, tags = [] } of corpus.read()) {
    documents++;
    characters += text.length;
    if (label !== undefined) labels.add(label);
    for (const tag of tags) labels.add(tag);
  }
  return { documents, characters, labels: [...labels].toSorted() };
}

/** @param labels all labels of the corpus */
export function defaultTask({ tagged, labeled }: Corpus, labels: readonly string[]): Task {
  if (tagged) return "tagger";
  return labeled ? labelTask(labels) : "generator";
}

/** More different numbers than this are measurements; fewer may be classes, such as the stars of a review. */
const maxNumericClasses = 20;

/** Regressor for more than 20 different numbers, not all of them integers; classifier for all other labels. */
export function labelTask(labels: readonly string[]): "classifier" | "regressor" {
  const numbers = labels.map(numberOf);
  const measured = numbers.every((number) => number !== undefined) && !numbers.every(Number.isInteger);
  return measured && labels.length > maxNumericClasses ? "regressor" : "classifier";
}

/** The finite number of a label; undefined for other text. */
export function numberOf(label: string): number | undefined {
  const number = label.trim() === "" ? Number.NaN : Number(label);
  return Number.isFinite(number) ? number : undefined;
}
