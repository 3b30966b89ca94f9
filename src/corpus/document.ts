/** @file What a corpus is made of, and what a corpus is to the stages after it. */

/** A text, or an empty text and rows of numbers; and its label where the corpus has labels, or its words and a tag for each. */
export type Document = {
  text: string;
  rows?: Rows;
  label?: string;
  words?: readonly string[];
  tags?: readonly string[];
};

/** A sequence of rows of numbers. */
export type Rows = {
  /** Numbers of a row. */
  width: number;
  /** [steps, width], finite. */
  values: Uint8Array | Float32Array;
  /** Of a window into a series: the series' row that is its first. */
  begin?: number;
};

/** What a corpus of rows of numbers has in all of them. */
export type RowsShape = { width: number; /** The columns' names, where they have any. */ columns?: readonly string[] };

export type Corpus = {
  /** Where it came from, for messages: a path, or "standard input". */
  readonly name: string;
  /**
   * stream: one long text; its documents are consecutive pieces of it, each ending at the end of a line, that joined are the text.
   * documents: texts of their own.
   */
  readonly shape: "stream" | "documents";
  readonly labelled: boolean;
  /** Whether each word has a tag. */
  readonly tagged?: boolean;
  /** Absent where the documents are texts. */
  readonly rows?: RowsShape;
  /** Where the documents are windows into one series, in its order: how many of those before a window share rows with it. */
  readonly overlap?: number;
  /** SHA-256 of the bytes as they were read, in hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
  /** From the beginning at each call. @throws UserError for what cannot be read, with file and line or offset */
  read(): AsyncIterable<Document>;
};
