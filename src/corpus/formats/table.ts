/** @file Tables of rows and cells, parsed by csv-parse as a stream. */
import { pipeline, Readable } from "node:stream";
import { UserError } from "../../common/errors.js";
import type { EncodingOption } from "../../common/names.js";
import type { ByteSource } from "../byteSource.js";
import { columnNumbers } from "../columns.js";
import { decodedText } from "../textDecoding.js";
import { type Dialect, findDialect, type FoundDialect, parserOptions } from "./dialect.js";
import type { ReadOptions } from "./index.js";

/** A row of a table, and the line where it begins, from 1. */
export type TableRow = { cells: string[]; line: number };

export type Table = {
  /** The cells of the header, or the numbers of the columns. */
  columns: string[];
  hasHeader: boolean;
  dialect: Dialect;
  encoding: EncodingOption;
  /** The rows without the header; their widths may differ, and an empty line is a row of one empty cell. */
  rows: () => AsyncGenerator<TableRow>;
};

/**
 * Opens a table.
 * @param isHeader whether the first row that is not empty has the names of the columns, if no option says it
 */
export async function openTable(
  source: ByteSource,
  format: "csv" | "tsv",
  options: ReadOptions,
  isHeader: (cells: readonly string[]) => boolean,
): Promise<Table> {
  const found = await findDialect(source, format, options);
  const first = await firstRow(rowsOf(source, found, options));
  const hasHeader = first !== undefined && (options.header ?? isHeader(first.cells));
  const columns = hasHeader ? first.cells : columnNumbers(first?.cells.length ?? 0);
  return {
    columns,
    hasHeader,
    dialect: found.dialect,
    encoding: options.encoding ?? "auto",
    rows: async function* () {
      let isFirst = hasHeader;
      for await (const row of rowsOf(source, found, options)) {
        if (!isFirst) yield withoutTrailing(row, columns.length);
        else if (!isBlankRow(row)) isFirst = false;
      }
    },
  };
}

/** The row without the empty cell after a trailing delimiter. */
const withoutTrailing = ({ cells, line }: TableRow, width: number): TableRow => ({
  cells: cells.length === width + 1 && cells.at(-1) === "" ? cells.slice(0, -1) : cells,
  line,
});

/** Whether all cells of a row are empty. */
export const isBlankRow = ({ cells }: Pick<TableRow, "cells">): boolean => cells.every((cell) => cell.trim() === "");

/** The first row that is not blank. */
async function firstRow(rows: AsyncIterable<TableRow>): Promise<TableRow | undefined> {
  for await (const row of rows) if (!isBlankRow(row)) return row;
  return undefined;
}

/** Rows of any width. @throws UserError for a quote that is never closed */
async function* rowsOf(source: ByteSource, dialect: FoundDialect, { encoding }: ReadOptions): AsyncGenerator<TableRow> {
  const { CsvError, parse } = await import("csv-parse");
  let parsedLines = dialect.firstLine - 1; // up to the end of the last good row; rows are parsed ahead of the loop below
  const parser = parse({
    ...parserOptions(dialect),
    relax_quotes: true,
    info: true,
    on_record: (record: string[], { lines }) => {
      parsedLines = lines;
      return record;
    },
  });
  pipeline(Readable.from(decodedText(source, encoding)), parser, () => {}); // an error reaches the loop below too
  let lastLine = dialect.firstLine - 1; // of the last row
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { cells: record, line: lastLine + 1 };
      lastLine = info.lines;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const reason =
      error.code === "CSV_QUOTE_NOT_CLOSED"
        ? "a quote is opened and never closed; close it, or add --quote none"
        : error.message;
    throw new UserError(`${source.name}:${parsedLines + 1}: ${reason}`);
  }
}
