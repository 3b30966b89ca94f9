/** @file Tables of rows and cells. */
import type { EncodingOption } from "../../common/names.js";
import type { ByteSource } from "../byteSource.js";
import { columnNumbers } from "../columns.js";
import { type Dialect, findDialect } from "./dialect.js";
import type { ReadOptions } from "./index.js";
import { noBytes, type Stored } from "./storedLines.js";
import { storedRows, type TableRow } from "./storedRows.js";

export type Table = {
  /** The cells of the header, or the numbers of the columns. */
  columns: string[];
  hasHeader: boolean;
  dialect: Dialect;
  encoding: EncodingOption;
  /** The bytes up to the end of the header; none without one. */
  header: Stored;
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
  const allRows = (): AsyncGenerator<TableRow> => storedRows(source, found, options.encoding);
  const { first, header } = await firstRow(allRows());
  const hasHeader = first !== undefined && (options.header ?? isHeader(first.cells));
  const columns = hasHeader ? first.cells : columnNumbers(first?.cells.length ?? 0);
  return {
    columns,
    hasHeader,
    dialect: found.dialect,
    encoding: options.encoding ?? "auto",
    header: hasHeader ? header : noBytes,
    rows: async function* () {
      let isFirst = hasHeader;
      for await (const row of allRows()) {
        if (!isFirst) yield withoutTrailing(row, columns.length);
        else if (!isBlankRow(row)) isFirst = false;
      }
    },
  };
}

/** The row without the empty cell after a trailing delimiter. */
const withoutTrailing = (row: TableRow, width: number): TableRow =>
  row.cells.length === width + 1 && row.cells.at(-1) === ""
    ? { ...row, cells: row.cells.slice(0, -1), isClosed: true }
    : row;

/** Whether all cells of a row are empty. */
export const isBlankRow = ({ cells }: Pick<TableRow, "cells">): boolean => cells.every((cell) => cell.trim() === "");

/** The first row that is not blank, and all bytes up to its end. */
async function firstRow(rows: AsyncIterable<TableRow>): Promise<{ first?: TableRow; header: Stored }> {
  const parts: Buffer[] = [];
  for await (const row of rows) {
    parts.push(row.stored.bytes);
    if (!isBlankRow(row)) return { first: row, header: { ...row.stored, bytes: Buffer.concat(parts) } };
  }
  return { header: noBytes };
}
