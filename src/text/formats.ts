/** @file The formats that a corpus may have. */
import type { Document } from "./document.js";
import type { Encoding } from "./decoding.js";
import { type FormatName, formatNames } from "../names.js";
import { csv } from "./formats/csv.js";
import { jsonl } from "./formats/jsonl.js";
import { text } from "./formats/text.js";
import { tsv } from "./formats/tsv.js";
import type { Source } from "./source.js";

/** How a corpus is to be read; what is absent is found in the corpus. */
export type ReadOptions = {
  /** Plain text only: what is a document; absent, the whole is one stream. */
  documents?: "lines" | "paragraphs";
  encoding?: Encoding;
  /** Tables only: a column's name or number from 1; several joined by "+" are joined by a space. */
  textColumn?: string;
  labelColumn?: string;
  /** csv and tsv only: whether the first row names the columns. */
  header?: boolean;
};

/** What a format makes of a source. */
export type Content = {
  shape: "stream" | "documents";
  labelled: boolean;
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

export const formats: { [Name in FormatName]: Format } = { text, csv, tsv, jsonl };

/** By the extension before any ".gz": plain text unless it is another's. */
export function formatOf(path: string): FormatName {
  const extension = extensionOf(path);
  return formatNames.find((name) => formats[name].extensions.includes(extension)) ?? "text";
}

export const isGzip = (path: string): boolean => /\.gz$/i.test(path);

/** In lower case, without the dot and any ".gz". */
export const extensionOf = (path: string): string =>
  /\.([^./\\]+)$/.exec(path.replace(/\.gz$/i, ""))?.[1]?.toLowerCase() ?? "";
