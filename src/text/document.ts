/** @file What a corpus is made of, and what a corpus is to the stages after it. */

/** A text, and its label where the corpus has labels. */
export type Document = { text: string; label?: string };

export type Corpus = {
  /** Where it came from, for messages: a path, or "standard input". */
  readonly name: string;
  /**
   * stream: one long text; its documents are consecutive pieces of it, each ending at the end of a line, that joined are the text.
   * documents: texts of their own.
   */
  readonly shape: "stream" | "documents";
  readonly labelled: boolean;
  /** SHA-256 of the bytes as they were read, in hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
  /** From the beginning at each call. @throws UserError for what cannot be read, with file and line or offset */
  read(): AsyncIterable<Document>;
};
