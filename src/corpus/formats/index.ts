/** @file The formats of a corpus: their interface, the table of all of them, and the format of a file. */
import {
  type DocumentUnit,
  type EncodingOption,
  type FormatName,
  formatNames,
  type TagColumn,
} from "../../common/names.js";
import type { ByteSource } from "../sources/byteSource.js";
import type { Document, Reading, RecordedColumns, RowsShape, SkippedRow } from "../document.js";
import { conll } from "./conll.js";
import { conllu } from "./conllu.js";
import { csv, tsv } from "./delimited.js";
import type { Dialect } from "./dialect.js";
import { idx } from "./idx.js";
import { fasttext, trec } from "./labeledLines.js";
import { jsonl } from "./jsonl.js";
import { text } from "./plainText.js";
import type { Stored } from "./storedLines.js";

/** Options for reading a corpus. Columns that are not given are found by their names. */
export type ReadOptions = {
  /** Plain text: each line or paragraph is a document. Default: the whole text is one stream. */
  documents?: DocumentUnit;
  encoding?: EncodingOption;
  /** Tables and JSON objects: the names of the columns with the text, or their numbers from 1. */
  textColumn?: readonly string[];
  labelColumn?: string;
  /** Whether a document has a set of labels. */
  multilabel?: boolean;
  /** With `multilabel`: between the labels in a cell. Default: | */
  labelSeparator?: string;
  /** Tables: the column with the group of each row. */
  groupColumn?: string;
  /** Whether a table may lack the group column. */
  groupIfAny?: boolean;
  /** Tables: the column with the time of each row. */
  timeColumn?: string;
  /** Tables and JSON objects: the columns of a record; no others are looked for. */
  columns?: RecordedColumns;
  /** Rows with an empty text are documents, and NaN, NULL and the like are labels. */
  keepsEmpty?: boolean;
  /** Labels are not read and may be missing. */
  textsOnly?: boolean;
  /** csv and tsv: whether the first row names the columns. */
  header?: boolean;
  /** csv and tsv: between cells; by default found in the first rows. */
  delimiter?: string;
  /** csv and tsv: around cells; empty for none. */
  quote?: string;
  /** csv and tsv: before a quote in a quoted cell. */
  escape?: string;
  /** csv and tsv: spaces may come before a quote. */
  skipSpaces?: boolean;
  /** The columns, or the field of a JSON object, with the numbers of a row; the columns or fields of the numbers beside a text. */
  valueColumns?: readonly string[];
  /** csv and tsv: the table is a time series, and every window of this many rows is a document. */
  window?: number;
  /** With a window: the label is this many rows after the last row of the window. */
  horizon?: number;
  /** conllu. */
  tagColumn?: TagColumn;
  /** idx: the file with the labels. */
  labels?: ByteSource;
};

/** The documents of a source, and how it is read. */
export type Content = {
  reading: Reading;
  shape: "stream" | "documents";
  labeled: boolean;
  tagged?: boolean;
  rows?: RowsShape;
  numberColumns?: readonly string[];
  grouped?: boolean;
  times?: "numbers" | "dates";
  overlap?: number;
  /** Whether its documents are those of several files, each of which counts its lines from 1. */
  hasFiles?: true;
  /** In the order of the source. */
  read: () => AsyncIterable<Document | SkippedRow>;
  /** The same in blocks, in a format that reads them faster so. */
  readBlocks?: () => AsyncIterable<readonly (Document | SkippedRow)[]>;
  /** For rows of texts that can be written again. */
  table?: StoredTable;
};

/** A table, or JSON objects, with the bytes that the rows are stored in. */
export type StoredTable = {
  /** The cells of the header, the numbers of the columns, or the keys of the first object. */
  columns: readonly string[];
  /** The bytes up to the end of the header; none without one. */
  header: Stored;
  /** Absent for JSON. */
  dialect?: Dialect;
  rows: () => AsyncIterable<StoredDocument>;
};

/** A row of a table: what it holds, its cells or the values of its object, and its bytes. */
export type StoredDocument = {
  row: Document | SkippedRow;
  cells?: readonly string[];
  /** Whether a delimiter follows the last cell. */
  isClosed?: boolean;
  values?: Readonly<Record<string, unknown>>;
  stored: Stored;
};

export type Format = {
  describe: string;
  /** Of file names, in lower case, without the dot. */
  extensions: readonly string[];
  /** Names without an extension that also belong to the format. */
  fileName?: RegExp;
  /** Whether the first bytes of a file belong to the format. */
  matches?: (bytes: Uint8Array) => boolean;
  /** The path of the file with the labels of a file, if it exists. */
  labelsPath?: (path: string) => string;
  /** The read options that have an effect. */
  options: readonly (keyof ReadOptions)[];
  /** Reads only the rows that determine the columns. @throws UserError for a source that does not have the format */
  open: (source: ByteSource, options: ReadOptions) => Promise<Content>;
};

export const formats: { [Name in FormatName]: Format } = { text, csv, tsv, jsonl, idx, conllu, conll, fasttext, trec };

/** The format of a file by its name, with or without ".gz"; plain text unless the name belongs to another format. */
export function formatOf(path: string): FormatName {
  const extension = extensionOf(path);
  return (
    formatNames.find((name) => formats[name].extensions.includes(extension)) ??
    formatNames.find((name) => formats[name].fileName?.test(withoutGzip(path))) ??
    "text"
  );
}

/** The format whose files begin with these bytes. */
export const formatOfBytes = (bytes: Uint8Array): FormatName | undefined =>
  formatNames.find((name) => formats[name].matches?.(bytes));

export const isGzip = (path: string): boolean => /\.gz$/i.test(path);

/** The path without ".gz". */
export const withoutGzip = (path: string): string => path.replace(/\.gz$/i, "");

/** In lower case, without the dot and ".gz". */
export const extensionOf = (path: string): string => /\.([^./\\]+)$/.exec(withoutGzip(path))?.[1]?.toLowerCase() ?? "";
