/** @file Counts the documents and labels of a corpus, and chooses the default task for it. */
import type { Task } from "../common/names.js";
import type { Corpus, Document } from "../corpus/document.js";
import { GroupFinder, type Grouping, textKey } from "./grouping.js";

/** What the split and the description of a corpus need. */
export type CorpusStats = {
  documents: number;
  characters: number;
  /** All labels or tags, sorted. */
  labels: string[];
  /** The documents with each label, or the words with each tag. */
  labelCounts?: ReadonlyMap<string, number>;
  /** Documents with the text of an earlier document. */
  copies?: number;
  /** Documents with the same text; absent for a stream, and if no two texts are equal. */
  sameTexts?: Grouping | undefined;
  /** Whether the corpus has a document with the text of another one. */
  hasText?: (document: Document) => boolean;
};

/** Reads the whole corpus. */
export async function corpusStats(corpus: Corpus): Promise<CorpusStats> {
  const labelCounts = new Map<string, number>();
  const count = (label: string): unknown => labelCounts.set(label, (labelCounts.get(label) ?? 0) + 1);
  const texts = new GroupFinder();
  let documents = 0;
  let characters = 0;
  for await (const document of corpus.read()) {
    const { text, label, tags = [] } = document;
    documents++;
    characters += text.length;
    if (label !== undefined) count(label);
    for (const tag of tags) count(tag);
    if (corpus.shape === "documents") texts.add(textKey(document));
  }
  return {
    documents,
    characters,
    labels: [...labelCounts.keys()].toSorted(),
    labelCounts,
    copies: corpus.shape === "documents" ? texts.repeated : 0,
    sameTexts: texts.finish(),
    hasText: (document) => {
      const key = textKey(document);
      return key !== undefined && texts.has(key);
    },
  };
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
