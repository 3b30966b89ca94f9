/** @file A table with answers in further columns: the other columns keep their bytes where the format stays the same. */
import { UsageError, UserError } from "../../common/errors.js";
import type { FormatName } from "../../common/names.js";
import { columnIndex } from "../../corpus/columns/givenColumns.js";
import type { Dialect } from "../../corpus/formats/dialect.js";
import type { StoredDocument, StoredTable } from "../../corpus/formats/index.js";
import { encoders } from "../../corpus/decoding/utf8Bytes.js";
import { tsvCell } from "../../render/tsvCell.js";

export type TableFormat = "csv" | "tsv" | "jsonl";

/** An answer as cells, one for each of its columns, and as the members of a JSON object; or the reason why there is none. */
export type TableAnswer = { cells: readonly string[]; members: Readonly<Record<string, unknown>> } | { error: string };

/** Columns of answers. `prefix` is put before their names if the table has a column of the same name. */
export type AnswerColumns = { names: readonly string[]; prefix: string };

export type TableLayout = {
  format: TableFormat;
  columns: AnswerColumns;
  /** The only column of the table that is written. */
  idColumn?: string | undefined;
};

export type TableWriter = { header: Buffer; row: (stored: StoredDocument, answer: TableAnswer) => Buffer };

/** The writer of a table. @throws UsageError for JSON objects as csv or tsv @throws UserError for an id column that it does not have */
export function tableWriter(layout: TableLayout, table: StoredTable, name: string, stored: FormatName): TableWriter {
  if (layout.idColumn !== undefined) return idWriter(layout, table, name, layout.idColumn);
  if (layout.format === "jsonl")
    return stored === "jsonl" ? objectWriter(layout, table) : cellsAsObjects(layout, table);
  if (stored === "jsonl")
    throw new UsageError(
      `${name} has JSON objects, whose keys may differ: use --format jsonl, or --id-column for one of the keys`,
    );
  const dialect = stored === layout.format ? table.dialect! : undefined;
  return dialect ? sameWriter(layout, table, dialect) : convertedWriter(layout, table);
}

/** Names that no column has: one that is taken gets the prefix, and then a number. */
const namesBeside = (names: readonly string[], { prefix }: AnswerColumns, taken: readonly string[]): string[] =>
  names.map((name) => {
    let chosen = name;
    for (let number = 1; taken.includes(chosen); number++)
      chosen = `${prefix}_${name}${number === 1 ? "" : `_${number}`}`;
    return chosen;
  });

const withError = ({ names }: AnswerColumns): string[] => [...names, "error"];

const answerCells = ({ names }: AnswerColumns, answer: TableAnswer): string[] =>
  "error" in answer ? [...names.map(() => ""), answer.error] : [...answer.cells, ""];

/** The cells of a dialect without the one before them. */
function writeCell(text: string, { delimiter, quote, escape }: Dialect): string {
  if (quote === "") return tsvCell(text);
  if (![delimiter, quote, "\n", "\r"].some((mark) => text.includes(mark)) && text.trim() === text) return text;
  const escaped = escape === "\\" ? text.replaceAll("\\", "\\\\") : text;
  return `${quote}${escaped.replaceAll(quote, `${escape || quote}${quote}`)}${quote}`;
}

const dialects: Readonly<Record<"csv" | "tsv", Dialect>> = {
  csv: { delimiter: ",", quote: '"', escape: '"' },
  tsv: { delimiter: "\t", quote: "", escape: "" },
};

const joined = (cells: readonly string[], dialect: Dialect): string =>
  cells.map((cell) => writeCell(cell, dialect)).join(dialect.delimiter);

/** Where the line end of stored bytes begins. */
function contentEnd(bytes: Buffer): number {
  if (bytes.at(-1) === 0x0a) return bytes.length - (bytes.at(-2) === 0x0d ? 2 : 1);
  return bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
}

function sameWriter({ columns }: TableLayout, table: StoredTable, dialect: Dialect): TableWriter {
  const width = table.columns.length;
  const { delimiter } = dialect;
  /** @param before what is between the stored bytes and the answer */
  const appended = (
    { bytes, encoding }: StoredDocument["stored"],
    before: string,
    cells: readonly string[],
  ): Buffer => {
    const end = contentEnd(bytes);
    const added = Buffer.from(before + joined(cells, dialect));
    return encoders[encoding](Buffer.concat([bytes.subarray(0, end), added, bytes.subarray(end)]));
  };
  /** Further delimiters put the answer of a short row below its names. */
  const before = ({ cells = [], isClosed }: StoredDocument): string =>
    isClosed ? "" : delimiter.repeat(Math.max(1, width - cells.length + 1));
  const names = namesBeside(withError(columns), columns, table.columns);
  return {
    header: table.header.bytes.length > 0 ? appended(table.header, delimiter, names) : table.header.bytes,
    row: (document, answer) => appended(document.stored, before(document), answerCells(columns, answer)),
  };
}

function convertedWriter({ columns, format }: TableLayout, table: StoredTable): TableWriter {
  const dialect = dialects[format === "csv" ? "csv" : "tsv"];
  const width = table.columns.length;
  const row = (cells: readonly string[], answers: readonly string[]): Buffer => {
    const missing = Array<string>(Math.max(0, width - cells.length)).fill("");
    return Buffer.from(`${joined([...cells, ...missing, ...answers], dialect)}\n`);
  };
  const names = namesBeside(withError(columns), columns, table.columns);
  return {
    header: table.header.bytes.length > 0 ? row(table.columns, names) : table.header.bytes,
    row: ({ cells = [] }, answer) => row(cells, answerCells(columns, answer)),
  };
}

type Member = readonly [key: string, json: string];

const objectText = (members: readonly Member[]): string =>
  members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(",");

/** The members of an answer, under names that the object does not have. */
function answerMembers(columns: AnswerColumns, answer: TableAnswer, taken: readonly string[]): Member[] {
  const members = "error" in answer ? { error: answer.error } : answer.members;
  const names = namesBeside(Object.keys(members), columns, taken);
  return Object.values(members).map((value, index) => [names[index]!, JSON.stringify(value)] as const);
}

/** For what is no object. */
const lostRow = ({ stored: { bytes }, row }: StoredDocument, answer: TableAnswer): Buffer => {
  const text = bytes.subarray(0, contentEnd(bytes)).toString();
  const { line } = row;
  const error = "error" in answer ? answer.error : undefined;
  return Buffer.from(`${JSON.stringify({ row: text, error, line })}\n`);
};

function objectWriter({ columns }: TableLayout, { columns: keys }: StoredTable): TableWriter {
  return {
    header: Buffer.alloc(0),
    row: (document, answer) => {
      const { values, row, stored } = document;
      const { bytes, encoding } = stored;
      if (values === undefined && "skipped" in row && row.skipped === "bad") return lostRow(document, answer);
      const found = Object.keys(values ?? {});
      const taken = values === undefined ? [] : [...new Set([...keys, ...found])];
      const members = objectText(answerMembers(columns, answer, taken));
      const end = contentEnd(bytes);
      if (values === undefined)
        return encoders[encoding](Buffer.concat([Buffer.from(`{${members}}`), bytes.subarray(end)])); // a blank line
      const closing = bytes.lastIndexOf("}");
      const added = Buffer.from(`${found.length > 0 ? "," : ""}${members}`);
      return encoders[encoding](Buffer.concat([bytes.subarray(0, closing), added, bytes.subarray(closing)]));
    },
  };
}

function cellsAsObjects({ columns }: TableLayout, { columns: names }: StoredTable): TableWriter {
  const keys = names.map((name, index) => (names.indexOf(name) === index ? name : `${name}_${index + 1}`));
  return {
    header: Buffer.alloc(0),
    row: (document, answer) => {
      const { cells = [] } = document;
      if (cells.length !== keys.length && "error" in answer) return lostRow(document, answer);
      const own = keys.map((key, index): Member => [key, JSON.stringify(cells[index] ?? "")]);
      return Buffer.from(`{${objectText([...own, ...answerMembers(columns, answer, keys)])}}\n`);
    },
  };
}

/** One column of the table and the answers. */
function idWriter({ columns, format }: TableLayout, table: StoredTable, name: string, given: string): TableWriter {
  const column = idIndex(table.columns, given, name);
  const id = table.columns[column]!;
  const valueOf = ({ cells, values }: StoredDocument): unknown => (values ? values[id] : cells?.[column]) ?? null;
  if (format === "jsonl") {
    return {
      header: Buffer.alloc(0),
      row: (document, answer) =>
        Buffer.from(
          `{${objectText([[id, JSON.stringify(valueOf(document))], ...answerMembers(columns, answer, [id])])}}\n`,
        ),
    };
  }
  const dialect = dialects[format];
  const names = namesBeside(withError(columns), columns, [id]);
  const line = (cells: readonly string[]): Buffer => Buffer.from(`${joined(cells, dialect)}\n`);
  return {
    header: table.header.bytes.length > 0 || !table.dialect ? line([id, ...names]) : Buffer.alloc(0),
    row: (document, answer) => line([idText(valueOf(document)), ...answerCells(columns, answer)]),
  };
}

const idText = (value: unknown): string =>
  typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);

function idIndex(columns: readonly string[], given: string, name: string): number {
  try {
    return columnIndex(columns, given, "id-column");
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${name}: ${error.message}`) : error;
  }
}
