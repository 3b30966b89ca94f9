/** @file What a format of a corpus is, and what it makes of a source. */
import type { DocumentUnit, Encoding, TagColumn } from "../../common/names.js";
import type { Document, RowsShape } from "../document.js";
import type { Source } from "../byteSource.js";

/** How a corpus is to be read; what is absent is found in the corpus. */
export type ReadOptions = {
  /** Plain text only: what is a document; absent, the whole is one stream. */
  documents?: DocumentUnit;
  encoding?: Encoding;
  /** Tables only: a column's name or number from 1; several joined by "+" are joined by a space. */
  textColumn?: string;
  labelColumn?: string;
  /** Labels are passed over, and may be missing. */
  textsOnly?: boolean;
  /** csv and tsv only: whether the first row names the columns. */
  header?: boolean;
  /** The columns, or the field of a JSON object, with the numbers of a row. */
  valueColumns?: readonly string[];
  /** csv and tsv only: the table is a series of numbers in time, and each so many rows of it are a document. */
  window?: number;
  /** With a window: its label stands so many rows after its last one. */
  horizon?: number;
  /** conllu only. */
  tagColumn?: TagColumn;
  /** idx only: the file with the labels. */
  labels?: Source;
};

/** What a format makes of a source. */
export type Content = {
  shape: "stream" | "documents";
  labelled: boolean;
  tagged?: boolean;
  rows?: RowsShape;
  overlap?: number;
  read: () => AsyncIterable<Document>;
};

export type Format = {
  describe: string;
  /** Of file names, without the dot, in lower case. */
  extensions: readonly string[];
  /** Which of the options of reading it takes. */
  takes: readonly (keyof ReadOptions)[];
  /** Reads no further than it must to know the columns. @throws UserError for a source that is not of the format */
  open: (source: Source, options: ReadOptions) => Promise<Content>;
};
