/** @file An answer to a row: as cells below the names of its columns, and as members of a JSON object. */
import type { StoredDocument } from "../../corpus/formats/index.js";

export type TableFormat = "csv" | "tsv" | "jsonl";

/** The JSON of a value that may be long, in pieces. */
export class JsonPieces {
  constructor(readonly pieces: () => Iterable<string>) {}
}

/** An answer as cells, one for each of its columns, and as the members of a JSON object; or the reason why there is none. */
export type TableAnswer = { cells: readonly string[]; members: Readonly<Record<string, unknown>> } | { error: string };

/** Columns of answers. `prefix` is put before their names if the table has a column of the same name. */
export type AnswerColumns = { names: readonly string[]; prefix: string };

export type TableLayout = {
  format: TableFormat;
  columns: AnswerColumns;
  /** Columns of the answers to lines of text. Default: `columns`. */
  lineColumns?: AnswerColumns;
  /** The only column of the table that is written. */
  idColumn?: string | undefined;
  /** Called with a note on what is lost. */
  onNote?: ((note: string) => void) | undefined;
};

export type TableWriter = {
  /** The columns of the table that are written. */
  columns: readonly string[];
  header: Buffer;
  /** The row with its answer; a long one in pieces. */
  row: (stored: StoredDocument, answer: TableAnswer) => Iterable<Buffer>;
};

/** Names that no column has: one that is taken gets the prefix, and then a number. */
export const namesBeside = (
  names: readonly string[],
  { prefix }: Pick<AnswerColumns, "prefix">,
  taken: readonly string[],
): string[] =>
  names.map((name) => {
    let chosen = name;
    for (let number = 1; taken.includes(chosen); number++)
      chosen = `${prefix}_${name}${number === 1 ? "" : `_${number}`}`;
    return chosen;
  });

export const withError = ({ names }: AnswerColumns): string[] => [...names, "error"];

export const answerCells = ({ names }: AnswerColumns, answer: TableAnswer): string[] =>
  "error" in answer ? [...names.map(() => ""), answer.error] : [...answer.cells, ""];

/** Where the line end of stored bytes begins. */
export function contentEnd(bytes: Buffer): number {
  if (bytes.at(-1) === 0x0a) return bytes.length - (bytes.at(-2) === 0x0d ? 2 : 1);
  return bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
}
