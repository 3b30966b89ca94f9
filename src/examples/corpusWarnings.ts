/** @file What looks wrong in a corpus: a sentence each, with the option to change. */
import { agreeing, quantity } from "../common/quantity.js";
import type { Task } from "../common/names.js";
import { mostChunks } from "./documentChunks.js";
import type { CorpusSummary } from "./corpusSummary.js";
import { numberOf } from "./corpusStats.js";
import type { PartCounts } from "./prepare.js";
import type { Part, SplitFractions } from "./split.js";

export type Warned = {
  task: Task;
  summary: CorpusSummary;
  counts: Record<Part, PartCounts>;
  /** Of tokens; null for rows of numbers. */
  tokenizer: string | null;
  maxLength: number;
  /** Of the split. */
  fractions: SplitFractions;
};

/** Labels of one spelling, apart from case, spaces and the form of a number. */
const spellingKey = (label: string): string => {
  const number = numberOf(label);
  return number === undefined ? label.trim().replaceAll(/\s+/g, " ").toLowerCase() : String(number);
};

/** The labels of each spelling that several have. */
export function labelsSpelledAlike(labels: readonly string[]): string[][] {
  const spellings = new Map<string, string[]>();
  for (const label of labels) {
    const key = spellingKey(label);
    spellings.set(key, [...(spellings.get(key) ?? []), label]);
  }
  return [...spellings.values()].filter(({ length }) => length > 1);
}

/** Words of other programs for a missing value. */
const missingValue = /^(?:nan|n\/a|na|null|none|nil|<na>)$/i;

const rareCount = 5; // documents
const maxNamed = 5;

export const corpusWarnings = (warned: Warned): string[] =>
  [
    sameSpellings,
    missingLabels,
    htmlPages,
    moreLabels,
    manyLabels,
    rareLabels,
    knownTexts,
    knownGroups,
    emptyPart,
    separatedCopies,
    cutTexts,
    uncutScript,
    unknownTokens,
  ].flatMap((warning) => warning(warned) ?? []);

type Warning = (warned: Warned) => string | undefined;

const sameSpellings: Warning = ({ task, summary }) => {
  if (task !== "classifier") return undefined;
  const same = labelsSpelledAlike(summary.labels.map(([label]) => label));
  if (same.length === 0) return undefined;
  return `${named(same.map((labels) => conjunction.format(labels.map(quoted))))} are different labels; if they mean the same, write them one way in the corpus, or name another --label-column`;
};

const missingLabels: Warning = ({ task, summary }) => {
  const missing = task === "classifier" ? summary.labels.find(([label]) => missingValue.test(label)) : undefined;
  return (
    missing &&
    `${quoted(missing[0])} is a label of ${quantity(missing[1], "documents")}; if it means that they have none, empty these cells, or name another --label-column`
  );
};

const moreLabels: Warning = ({ task, summary: { moreLabels: count = 0, documents } }) =>
  task === "classifier" && count > 0
    ? `${count} of ${quantity(documents, "documents")} ${agreeing(count, "has", "have")} several labels, of which the first is read; add --multilabel to learn all of them`
    : undefined;

const htmlPages: Warning = ({ summary: { pages = 0 } }) =>
  pages > 0
    ? `${quantity(pages, "documents")} ${agreeing(pages, "is a page", "are pages")} of HTML, whose tags are read as text; extract the text first, as with html2text or pandoc -t plain`
    : undefined;

const manyLabels: Warning = ({ task, summary: { labels, documents } }) =>
  task === "classifier" && labels.length > 20 && labels.length > documents / 4
    ? `${labels.length} labels for ${quantity(documents, "documents")}; if they are not classes, name another --label-column or give --task regressor or generator`
    : undefined;

const rareLabels: Warning = ({ task, summary: { labels, documents } }) => {
  const rare = labels.filter(([, count]) => count < rareCount);
  if (task !== "classifier" || rare.length === 0 || documents < 2 * rareCount * rareCount) return undefined;
  return `${rare.length === 1 ? "a label has" : `${rare.length} labels have`} fewer than ${rareCount} documents: ${named(
    rare.map(([label, count]) => `${label} ${count}`),
  )}; ${agreeing(rare.length, "it can hardly be learned: join it with another or leave it out", "they can hardly be learned: join them or leave them out")}, or name another --label-column`;
};

const knownTexts: Warning = ({ summary: { known }, counts }) =>
  inFiles(
    (part) => known[part].texts,
    (part, count) =>
      `${count} of ${quantity(counts[part].documents, "texts")} of the --${part} file ${agreeing(count, "is", "are")} in the training corpus too, so that the scores are too good; leave ${agreeing(count, "it", "them")} out of one of the files`,
  );

const knownGroups: Warning = ({ summary: { known, groups }, counts }) =>
  inFiles(
    (part) => known[part].groups,
    (part, count) =>
      `${count} of ${quantity(counts[part].documents, "documents")} of the --${part} file ${agreeing(count, "is", "are")} of a group (${groups?.column}) that is in the training corpus too; leave ${agreeing(count, "it", "them")} out of one of the files, or remove --group-column`,
  );

/** A sentence for the first of the separate files that has such documents. */
function inFiles(countIn: (part: Part) => number, sentence: (part: Part, count: number) => string): string | undefined {
  const part = (["test", "validation"] as const).find((name) => countIn(name) > 0);
  return part && sentence(part, countIn(part));
}

const emptyPart: Warning = ({ summary: { groups, documents, copies = 0, copiesTogether }, counts, fractions }) => {
  const part = (["test", "validation"] as const).find((name) => fractions[name] > 0 && counts[name].documents === 0);
  if (!part) return undefined;
  const of = `of ${quantity(documents, "documents")}`;
  const reason = groups
    ? `the groups of ${groups.column} are too large (up to ${groups.largest} ${of})`
    : copiesTogether && copies > documents / 2
      ? `${copies} ${of} repeat the text of another, and copies are in one part`
      : "the corpus is too small";
  return `the ${part} part is empty, because ${reason}; give a larger --${part}, or a file`;
};

const separatedCopies: Warning = ({ summary: { groups, copies = 0, copiesTogether } }) =>
  groups && copies > 0 && !copiesTogether
    ? `equal texts of different groups may be in different parts, because some texts are in most groups; remove --group-column to keep equal texts together`
    : undefined;

const cutTexts: Warning = ({ summary: { cut, cutSteps, documentsInParts, inChunks }, maxLength, tokenizer }) =>
  cut > 0
    ? `${cut} of ${quantity(documentsInParts, "documents")} ${agreeing(cut, "is", "are")} longer than ${inChunks === undefined ? "" : `${mostChunks} × `}--max-length ${maxLength} ${tokenizer === null ? "rows" : "tokens"}, and the rest, ${(100 * cutSteps).toFixed(1)} % of the corpus, is cut off; a larger --max-length reads more of ${agreeing(cut, "it", "them")}`
    : undefined;

/** Characters of a token; words of natural languages have fewer on average, with the spaces between them. */
const longToken = 25;

const uncutScript: Warning = ({ tokenizer, counts: { training } }) =>
  tokenizer !== null &&
  tokenizer !== "characters" &&
  training.tokens > 0 &&
  training.characters / training.tokens > longToken
    ? `a token of --tokenizer ${tokenizer} has ${Math.round(training.characters / training.tokens)} characters on average, so that the text is hardly cut; try --tokenizer characters or subwords`
    : undefined;

/** A higher rate is a warning; the unknown words of a tagger are read by their characters. */
const maxUnknown = 0.25;

const unknownTokens: Warning = ({ task, tokenizer, counts: { test, validation } }) => {
  const part = test.tokens > 0 ? test : validation;
  return tokenizer !== null && task !== "tagger" && part.tokens >= 20 && part.unknown > maxUnknown * part.tokens
    ? `${Math.round((100 * part.unknown) / part.tokens)} % of the tokens of the ${part === test ? "test" : "validation"} part are unknown; try --tokenizer characters or subwords, or a larger --vocabulary`
    : undefined;
};

const conjunction = new Intl.ListFormat("en");
const quoted = (label: string): string => `"${label}"`;
const named = (texts: readonly string[]): string =>
  texts.slice(0, maxNamed).join(", ") + (texts.length > maxNamed ? `, and ${texts.length - maxNamed} more` : "");
