/** @file The options that say how a corpus is read and tokenized. */
import {
  documentUnits,
  encodingOptions,
  encodingSynonyms,
  formatNames,
  formerTokenizerNames,
  type TagColumn,
  tagColumnNames,
  tokenizerNames,
} from "../common/names.js";
import { inGroup, type Values } from "./option.js";
import { choice, flag, list, openChoice, pair, text, whole } from "./optionKinds.js";

function tagColumn(given: string): TagColumn {
  const named = tagColumnNames.find((name) => name === given.toLowerCase());
  if (named) return named;
  if (/^[1-9]\d{0,3}$/.test(given)) return given as `${number}`;
  throw new Error(`expected ${tagColumnNames.join(", ")} or the number of a column from 1, got ${given}`);
}

/** How texts are read. */
export const textOptions = inGroup("Corpus", {
  "input-format": {
    ...choice(formatNames),
    advanced: true,
    describe: "file format; by default recognized by the file's name",
  },
  encoding: {
    ...choice(encodingOptions, encodingSynonyms),
    default: "auto" as const,
    advanced: true,
    describe: "character encoding; by default detected",
  },
  "text-column": {
    ...list(text("COLUMN")),
    value: "COLUMN",
    repeats: true,
    describe: "name or number of the column with the text, or of several: title,body",
  },
  delimiter: {
    ...text("CHARACTER"),
    advanced: true,
    describe: "between the cells of a csv or tsv file, such as \\t; by default found in its first rows",
  },
  quote: {
    ...text("CHARACTER"),
    advanced: true,
    describe: "around the cells of a csv or tsv file, or none; by default found in its first rows",
  },
  "no-header": { ...flag, advanced: true, describe: "the first row of a csv or tsv file is data" },
});

/** How a corpus is read. */
export const corpusOptions = inGroup("Corpus", {
  ...textOptions,
  "label-column": { ...text("COLUMN"), describe: "name or number of the column with the label, or none" },
  multilabel: {
    parse: flag.parse,
    needs: [{ task: ["classifier"], model: { not: "bag" } }],
    advanced: true,
    describe: "a text may have several labels, or none: arrays, cells such as a|b, or all labels of a fastText line",
  },
  "label-separator": {
    ...text("TEXT"),
    needs: [{ multilabel: ["true"] }],
    advanced: true,
    describe: "between the labels in a cell of --multilabel; by default |",
  },
  strict: { ...flag, advanced: true, describe: "stop at the first bad row; by default up to 10 % are skipped" },
  documents: {
    ...choice(documentUnits),
    advanced: true,
    describe: "split plain text into documents; they are shuffled and read one by one",
  },
  "tag-column": {
    value: "COLUMN",
    parse: tagColumn,
    advanced: true,
    describe: "column with the tags: upos, xpos or a number; by default upos in CoNLL-U, else the last one",
  },
});

/** The columns by which a corpus is split. */
export const splitColumnOptions = inGroup("Corpus", {
  "group-column": {
    ...text("COLUMN"),
    advanced: true,
    describe: "keep the rows of one group (author, patient, thread) in one part of the split",
  },
  "time-column": {
    ...text("COLUMN"),
    advanced: true,
    describe: "split in time: the oldest rows for training, the newest for the test; dates or numbers",
  },
});

/** What the labels are called. */
export const labelOptions = inGroup("Corpus", {
  "label-map": {
    ...list(pair("LABEL=NAME")),
    advanced: true,
    describe: "other names of labels, as in 0=negative,1=positive",
  },
});

/** How rows of numbers are read. */
export const rowOptions = inGroup("Corpus", {
  "value-columns": {
    ...list(text("COLUMN")),
    needs: [{ model: { not: "bag" } }],
    advanced: true,
    describe:
      "numeric columns: beside the text, or of a --window (default: all); or the field of a jsonl file with rows",
  },
  "labels-file": {
    ...text("FILE"),
    aliases: ["labels"],
    advanced: true,
    describe: "IDX file with the labels of an IDX corpus",
  },
  window: {
    ...whole({}),
    advanced: true,
    describe: "read a csv or tsv as a time series: predict the label column from each window of N rows",
  },
  horizon: {
    ...whole({}),
    advanced: true,
    needs: [{ window: "given" }],
    describe: "forecast: predict the label N rows after the last row of the --window",
  },
});

/** How a text is tokenized. */
export const tokenizerOptions = inGroup("Tokenizer", {
  tokenizer: {
    ...openChoice(tokenizerNames, "tokenizer", formerTokenizerNames),
    default: { generator: "characters", classifier: "words", regressor: "words", tagger: "whitespace" },
    needs: [{ inputs: ["tokens"], task: ["generator", "classifier", "regressor"] }],
    describe: "kind of tokens",
  },
  vocabulary: {
    ...whole({ from: 3 }),
    aliases: ["vocab-size", "vocabulary-size"],
    needs: [{ inputs: ["tokens"] }],
    describe: "vocabulary size; by default 20000 words, 8000 subwords, all characters",
  },
  lowercase: { ...flag, advanced: true, needs: [{ inputs: ["tokens"] }], describe: "lowercase the text" },
});

export type TextOptions = Values<typeof textOptions>;
export type CorpusOptions = Values<typeof corpusOptions>;
export type LabelOptions = Values<typeof labelOptions>;
export type SplitColumnOptions = Values<typeof splitColumnOptions>;
export type RowOptions = Values<typeof rowOptions>;
