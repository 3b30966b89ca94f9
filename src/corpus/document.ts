/** @file The types of a corpus, of its documents, and of the rows that are not documents. */
import { UserError } from "../common/errors.js";
import type { JsonObject } from "../common/json.js";
import type { DocumentUnit, FormatName, RecordedEncoding, TagColumn } from "../common/names.js";
import { blocksOf } from "./blocks.js";

/** A text, or an empty text and rows of numbers; with a label, or with its words and their tags, if the corpus has them. */
export type Document = {
  text: string;
  rows?: Rows;
  /** Beside the text, a number for each column of numbers; NaN for a missing one. */
  numbers?: readonly number[];
  label?: string;
  /** The labels of a document that may have several, or none (--multilabel); then there is no `label`. */
  labels?: readonly string[];
  words?: readonly string[];
  tags?: readonly string[];
  /** Whether it has more labels than the one that is read. */
  hasMoreLabels?: true;
  /** The line where it begins, from 1, in formats of rows. */
  line?: number;
  /** The author, patient or thread whose documents are in one part of a split; absent for a document without others. */
  group?: string;
  /** Larger for a later document. */
  time?: number;
};

/**
 * A row that is not a document.
 * bad: it does not have the format, or its text is empty. unlabeled: it has no label. blank: an empty line, or a row of empty cells.
 */
export type SkippedRow = {
  skipped: "bad" | "unlabeled" | "blank";
  /** From 1; 0 for a whole file. */
  line: number;
  reason: string;
  /** The file, in a corpus of several files. */
  source?: string;
};

export const isSkipped = (row: object): row is SkippedRow => "skipped" in row;

/** The error for a bad row. @param name of the file */
export const badRow = (name: string, { source = name, line, reason }: SkippedRow): UserError =>
  new UserError(`${source}${line > 0 ? `:${line}` : ""}: ${reason}`);

/** Where a row that is not a document is, such as 12, b.csv:12 or notes/a.txt. */
export const placeOf = ({ source, line }: SkippedRow): string =>
  source === undefined ? String(line) : line > 0 ? `${source}:${line}` : source;

/** The documents of rows. @throws UserError for a bad row */
export async function* documentsOf(name: string, rows: AsyncIterable<Document | SkippedRow>): AsyncGenerator<Document> {
  for await (const row of rows) {
    if (!isSkipped(row)) yield row;
    else if (row.skipped === "bad") throw badRow(name, row);
  }
}

/** The rows that were not read as documents, by kind, and the first ten of them that are not blank. */
export type SkippedRows = { bad: number; unlabeled: number; blank: number; first: SkippedRow[] };

/** What is between the texts of several columns; a space for columns that are given as one name with "+", as in earlier versions. */
export type TextJoin = "\n" | " ";

/** How a source is read: plain data, from which another source of the same shape is read in the same way. */
export type Reading = {
  format: FormatName;
  encoding: RecordedEncoding;
  documents?: DocumentUnit;
  /** Between cells. */
  delimiter?: string;
  /** Around cells; empty for none. */
  quote?: string;
  /** Before a quote in a quoted cell. */
  escape?: string;
  skipSpaces?: boolean;
  /** Whether the first row has the names of the columns. */
  header?: boolean;
  /** The number of columns of a table without a header. */
  width?: number;
  /** Names, or numbers from 1 without a header. */
  textColumns?: readonly string[];
  /** Between the texts of several columns. */
  textJoin?: TextJoin;
  labelColumn?: string;
  /** Of rows of numbers, or beside the text columns. */
  valueColumns?: readonly string[];
  tagColumn?: TagColumn;
  /** In a corpus of several files: those that are not read quite as the first one, such as one in another encoding. */
  otherFiles?: readonly OtherReading[];
};

/** How one of several files is read. @property file its index, from 0 */
export type OtherReading = Omit<Reading, "otherFiles"> & { file: number };

/** The columns of a reading. */
export type RecordedColumns = Pick<Reading, "textColumns" | "textJoin" | "labelColumn">;

/** Whether it is an empty line of a table, which is not a row. */
export const isBlank = (row: Document | SkippedRow): boolean => isSkipped(row) && row.skipped === "blank";

/** A row or line of a named source that gives no item for a model. */
export type Unreadable = SkippedRow & { source: string };

/** What was read at a place of a source: an item for a model, or why there is none. */
export type SourceEntry<Item> = { entry: Item | Unreadable; source: string; line: number };

export const isUnreadable = (entry: unknown): entry is Unreadable =>
  typeof entry === "object" && entry !== null && "skipped" in entry;

/** A sequence of rows of numbers. */
export type Rows = {
  /** Numbers in a row. */
  width: number;
  /** [time, width], finite. */
  values: Uint8Array | Float32Array;
  /** For a window of a time series: the index of its first row in the series. */
  begin?: number;
};

/** The width of all rows of a corpus, and the names of the columns if there is a header. */
export type RowsShape = { width: number; columns?: readonly string[] };

export type Corpus = {
  /** Its path, or "standard input". */
  readonly name: string;
  /**
   * stream: one long text; its documents are consecutive pieces of it, each up to the end of a line.
   * documents: separate texts.
   */
  readonly shape: "stream" | "documents";
  readonly labeled: boolean;
  /** Whether each word has a tag. */
  readonly tagged?: boolean;
  /** Absent for texts. */
  readonly rows?: RowsShape;
  /** The columns of the numbers beside each text; absent without them. */
  readonly numberColumns?: readonly string[];
  /** Whether its documents have groups. */
  readonly grouped?: boolean;
  /** The kind of its documents' times, if they have times: dates are milliseconds since 1970. */
  readonly times?: "numbers" | "dates";
  /** For consecutive windows of one time series: the number of earlier windows that share rows with a window. */
  readonly overlap?: number;
  /** SHA-256 of the stored bytes, in hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
  readonly reading?: Reading;
  /** The options that change its documents and are not in `reading`. */
  readonly readOptions?: JsonObject;
  /** Filled when all documents have been read once. */
  readonly skipped?: Readonly<SkippedRows>;
  /** Each call reads from the start. @throws UserError if it cannot be read, with file and line or offset */
  read(): AsyncIterable<Document>;
  /** The same in blocks, in a corpus that is read faster so. */
  readBlocks?(): AsyncIterable<readonly Document[]>;
  /** Frees what is kept for another reading. */
  release?(): void;
};

/** What a corpus or the content of a file reads, in blocks. */
export const blocksIn = <Row extends Document | SkippedRow>({
  read,
  readBlocks,
}: {
  read: () => AsyncIterable<Row>;
  readBlocks?: () => AsyncIterable<readonly Row[]>;
}): AsyncIterable<readonly Row[]> => readBlocks?.() ?? blocksOf(read(), sizeOf);

const sizeOf = (row: Document | SkippedRow): number =>
  isSkipped(row) ? 0 : row.text.length + (row.rows?.values.length ?? 0);
