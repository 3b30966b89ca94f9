/** @file Counts the documents and labels of a corpus, and chooses the default task for it. */
import type { DuplicateSplit, Task } from "../common/names.js";
import { isHtml } from "../corpus/detection.js";
import { blocksIn, type Corpus, type Document } from "../corpus/document.js";
import { GroupFinder, type Grouping, groupKey, joinedGroups, largestOf, NumberList, textKey } from "./grouping.js";
import { newestTimes } from "./timeSplit.js";

/** What the split and the description of a corpus need. */
export type CorpusStats = {
  documents: number;
  characters: number;
  /** All labels or tags, sorted. */
  labels: string[];
  /** The documents with each label, or the words with each tag. */
  labelCounts?: ReadonlyMap<string, number>;
  /** Documents that have more labels than the one that is read. */
  moreLabels?: number;
  /** Documents that are pages of HTML. */
  pages?: number;
  /** Documents with the text of an earlier document; absent if texts were not compared. */
  copies?: number;
  /** Groups of a group column, documents without a group apart. */
  groups?: { count: number; largest: number };
  /** Whether documents with the same text belong together. */
  copiesTogether?: boolean;
  /** Documents that belong into one part; absent if each is alone. */
  together?: Grouping | undefined;
  /** The times of the documents, if they have times: of those that belong together, the newest one. */
  times?: Float64Array;
  /** Whether the corpus has a document with the text, or of the group, of another one; false if texts were not compared. */
  hasText?: (document: Document) => boolean;
  hasGroup?: (document: Document) => boolean;
  /** For counts that an earlier run kept: counts again, with what they lack, which documents belong together and which texts there are. */
  recount?: () => Promise<CorpusStats>;
};

export type StatsOptions = {
  /** Whether equal texts belong together. */
  duplicates?: DuplicateSplit | undefined;
  /** Whether texts are compared although equal ones may be apart. */
  compareTexts?: boolean;
};

/** Reads the whole corpus. */
export async function corpusStats(
  corpus: Corpus,
  { duplicates, compareTexts = duplicates === "together" }: StatsOptions = {},
): Promise<CorpusStats> {
  const labelCounts = new Map<string, number>();
  const count = (label: string): void => {
    const times = labelCounts.get(label) ?? 0;
    if (times > 0 || labelCounts.size < maxLabels) labelCounts.set(label, times + 1);
  };
  const comparesTexts = compareTexts && corpus.shape === "documents";
  const texts = new GroupFinder();
  const groups = new GroupFinder();
  const times = new NumberList();
  let documents = 0;
  let moreLabels = 0;
  let pages = 0;
  let grouped = 0;
  let characters = 0;
  const add = (document: Document): void => {
    const { text, label, labels = [], tags = [], group, time } = document;
    documents++;
    characters += text.length;
    if (label !== undefined) count(label);
    for (const one of labels) count(one);
    if (document.hasMoreLabels) moreLabels++;
    if (isHtml(text)) pages++;
    for (const tag of tags) count(tag);
    if (comparesTexts) texts.add(textKey(document));
    if (corpus.grouped) groups.add(groupKey(document));
    if (group !== undefined) grouped++;
    if (time !== undefined) times.push(time);
  };
  for await (const block of blocksIn(corpus)) for (const document of block) add(document);
  const sameText = texts.finish();
  const sameGroup = groups.finish();
  const { together, copiesTogether } = unitsOf(
    duplicates === "together" ? sameText.grouping : undefined,
    sameGroup.grouping,
    documents,
  );
  return {
    documents,
    characters,
    labels: [...labelCounts.keys()].toSorted(),
    labelCounts,
    ...(moreLabels > 0 && { moreLabels }),
    ...(pages > 0 && { pages }),
    ...(comparesTexts && { copies: sameText.repeated }),
    ...(corpus.grouped && {
      groups: {
        count: grouped - sameGroup.repeated,
        largest: sameGroup.grouping ? largestOf(sameGroup.grouping) : Math.min(1, grouped),
      },
    }),
    copiesTogether,
    together,
    ...(corpus.times && { times: together ? newestTimes(times.values(), together) : times.values() }),
    hasText: (document) => sameText.has(textKey(document)),
    hasGroup: (document) => sameGroup.has(groupKey(document)),
  };
}

/** More labels are not counted: they are numbers, for which the first ones are enough, or no classes. */
export const maxLabels = 1 << 18;

/** The documents that belong together by their texts and by their groups. A text that most groups share, such as "thanks", would join them all; then groups alone count. */
function unitsOf(
  sameText: Grouping | undefined,
  sameGroup: Grouping | undefined,
  documents: number,
): { together: Grouping | undefined; copiesTogether: boolean } {
  if (!sameText || !sameGroup) return { together: sameGroup ?? sameText, copiesTogether: sameText !== undefined };
  const joined = joinedGroups(sameGroup, sameText);
  const isTooLarge = largestOf(joined) > documents / 2 && largestOf(sameGroup) <= documents / 2;
  return { together: isTooLarge ? sameGroup : joined, copiesTogether: !isTooLarge };
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
