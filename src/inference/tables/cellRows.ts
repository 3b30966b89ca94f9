/** @file Rows of cells with answers: in the bytes and the dialect of their table, or written anew as csv or tsv. */
import { encoders } from "../../corpus/decoding/utf8Bytes.js";
import type { Dialect } from "../../corpus/formats/dialect.js";
import type { StoredDocument, StoredTable } from "../../corpus/formats/index.js";
import { tsvCell } from "../../render/tsvCell.js";
import { valueCell, valueTexts } from "./objectRows.js";
import { answerCells, contentEnd, namesBeside, type TableLayout, type TableWriter, withError } from "./tableAnswer.js";

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

/** A row of csv or tsv. */
export const cellRow = (cells: readonly string[], format: "csv" | "tsv"): Buffer =>
  Buffer.from(`${joined(cells, dialects[format])}\n`);

/** The stored rows, with the answers in their own dialect and encoding before their line ends. */
export function sameWriter({ columns }: TableLayout, table: StoredTable, dialect: Dialect): TableWriter {
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
    columns: table.columns,
    header: table.header.bytes.length > 0 ? appended(table.header, delimiter, names) : table.header.bytes,
    row: (document, answer) => [appended(document.stored, before(document), answerCells(columns, answer))],
  };
}

/** Cells of a table, or values of JSON objects by their keys, as csv or tsv. */
export function convertedWriter(layout: TableLayout, table: StoredTable, name: string): TableWriter {
  const { columns } = layout;
  const format = layout.format === "csv" ? "csv" : "tsv";
  const width = table.columns.length;
  const lost = new LostKeys(name, table, layout);
  const row = (cells: readonly string[], answers: readonly string[]): Buffer => {
    const missing = Array<string>(Math.max(0, width - cells.length)).fill("");
    return cellRow([...cells, ...missing, ...answers], format);
  };
  const names = namesBeside(withError(columns), columns, table.columns);
  return {
    columns: table.columns,
    header: hasHeader(table) ? row(table.columns, names) : table.header.bytes,
    row: (document, answer) => {
      if (table.dialect) return [row(document.cells ?? [], answerCells(columns, answer))];
      lost.find(document);
      const values = valueTexts(document);
      const cells = table.columns.map((key) => valueCell(values.get(key)));
      return [row(cells, answerCells(columns, answer))];
    },
  };
}

/** JSON objects have the names of columns too. */
export const hasHeader = ({ header, dialect }: StoredTable): boolean => header.bytes.length > 0 || !dialect;

/** Notes the first key of JSON objects that is no column of the table. */
class LostKeys {
  private isNoted = false;
  private readonly known: ReadonlySet<string>;

  constructor(
    private readonly name: string,
    { columns }: StoredTable,
    private readonly layout: Pick<TableLayout, "onNote">,
  ) {
    this.known = new Set(columns);
  }

  find({ values = {}, row }: StoredDocument): void {
    if (this.isNoted) return;
    const key = Object.keys(values).find((one) => !this.known.has(one));
    if (key === undefined) return;
    this.isNoted = true;
    this.layout.onNote?.(
      `${this.name}:${row.line ?? 1}: the key ${key} is left out, because the first objects do not have it; --format jsonl keeps all keys`,
    );
  }
}

/** Answers to lines of text alone, below their names. */
export function lineWriter(layout: TableLayout, format: "csv" | "tsv"): TableWriter {
  const { lineColumns: columns = layout.columns } = layout;
  return {
    columns: [],
    header: cellRow(withError(columns), format),
    row: (_, answer) => [cellRow(answerCells(columns, answer), format)],
  };
}
