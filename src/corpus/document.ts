/** @file The types of a corpus and of its documents. */

/** A text, or an empty text and rows of numbers; with a label, or with its words and their tags, if the corpus has them. */
export type Document = {
  text: string;
  rows?: Rows;
  label?: string;
  words?: readonly string[];
  tags?: readonly string[];
};

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
  /** For consecutive windows of one time series: the number of earlier windows that share rows with a window. */
  readonly overlap?: number;
  /** SHA-256 of the stored bytes, in hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
  /** Each call reads from the start. @throws UserError if it cannot be read, with file and line or offset */
  read(): AsyncIterable<Document>;
};
