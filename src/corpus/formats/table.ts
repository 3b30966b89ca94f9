/** @file Tables of rows and cells. */
import type { EncodingOption } from "../../common/names.js";
import { itemsOf } from "../blocks.js";
import type { ByteSource } from "../sources/byteSource.js";
import type { Rows } from "../columns/columnValues.js";
import { columnNumbers } from "../columns/givenColumns.js";
import { isEnough, sampledRows, SpreadSample } from "../columns/spreadSample.js";
import { type Dialect, findDialect } from "./dialect.js";
import type { ReadOptions } from "./index.js";
import { noBytes, type Stored } from "./storedLines.js";
import { storedRowBlocks, type TableRow } from "./storedRows.js";

export type Table = {
  /** The cells of the header, or the numbers of the columns. */
  columns: string[];
  hasHeader: boolean;
  dialect: Dialect;
  encoding: EncodingOption;
  /** The first rows without the header, except for blank ones and those of another width. */
  sample: Rows;
  /** Rows from the whole table. */
  spread: () => Promise<Rows>;
  /** The bytes up to the end of the header; none without one. */
  header: Stored;
  /** The rows without the header; their widths may differ, and an empty line is a row of one empty cell. */
  rows: () => AsyncGenerator<TableRow>;
  /** The same rows in blocks. */
  rowBlocks: () => AsyncGenerator<TableRow[]>;
};

/**
 * Opens a table.
 * @param isHeader whether the first row that is not empty has the names of the columns, if no option says it; it is called with the rows after it
 */
export async function openTable(
  source: ByteSource,
  format: "csv" | "tsv",
  options: ReadOptions,
  isHeader: (first: readonly string[], rest: Rows) => boolean,
): Promise<Table> {
  const found = await findDialect(source, format, options);
  const allRows = (): AsyncGenerator<TableRow[]> => storedRowBlocks(source, found, options.encoding);
  const { first, header, rest } = await firstRows(itemsOf(allRows()));
  const hasHeader = first !== undefined && (options.header ?? isHeader(first.cells, rest));
  const columns = hasHeader ? first.cells : columnNumbers(first?.cells.length ?? 0);
  const rowBlocks = async function* (): AsyncGenerator<TableRow[]> {
    let isBeforeHeader = hasHeader;
    for await (const block of allRows()) {
      const headerAt = isBeforeHeader ? block.findIndex((row) => !isBlankRow(row)) : -1;
      if (isBeforeHeader && headerAt === -1) continue;
      isBeforeHeader = false;
      yield block.slice(headerAt + 1).map((row) => withoutTrailing(row, columns.length));
    }
  };
  const rows = (): AsyncGenerator<TableRow> => itemsOf(rowBlocks());
  return {
    columns,
    hasHeader,
    dialect: found.dialect,
    encoding: options.encoding ?? "auto",
    header: hasHeader ? header : noBytes,
    sample: hasHeader || first === undefined ? rest : [first.cells, ...rest],
    spread: () => spreadRows(rows(), columns.length),
    rows,
    rowBlocks,
  };
}

/** The row without the empty cell after a trailing delimiter. */
const withoutTrailing = (row: TableRow, width: number): TableRow =>
  row.cells.length === width + 1 && row.cells.at(-1) === ""
    ? { ...row, cells: row.cells.slice(0, -1), isClosed: true }
    : row;

/** Whether all cells of a row are empty. */
export const isBlankRow = ({ cells }: Pick<TableRow, "cells">): boolean => cells.every((cell) => cell.trim() === "");

/** The first row that is not blank, the bytes up to its end, and the rows after it that are as wide. */
async function firstRows(
  rows: AsyncIterable<TableRow>,
): Promise<{ first?: TableRow; header: Stored; rest: string[][] }> {
  const parts: Buffer[] = [];
  const rest: string[][] = [];
  let first: TableRow | undefined;
  let bytes = 0;
  for await (const row of rows) {
    bytes += row.stored.bytes.length;
    if (first === undefined) parts.push(row.stored.bytes);
    if (isBlankRow(row)) continue;
    if (first === undefined) first = row;
    else rest.push(...sampledCells(row, first.cells.length));
    if (isEnough(rest.length, bytes)) break;
  }
  if (first === undefined) return { header: noBytes, rest };
  const { encoding, damage } = first.stored;
  return { first, header: { bytes: Buffer.concat(parts), encoding, ...(damage !== undefined && { damage }) }, rest };
}

/** The cells of a row, if it is good. */
function sampledCells(row: TableRow, width: number): string[][] {
  const { cells } = withoutTrailing(row, width);
  return cells.length === width && row.stored.damage === undefined && !isBlankRow(row) ? [cells] : [];
}

async function spreadRows(rows: AsyncIterable<TableRow>, width: number): Promise<string[][]> {
  const spread = new SpreadSample<string[]>(sampledRows);
  for await (const row of rows) for (const cells of sampledCells(row, width)) spread.add(cells);
  return spread.items;
}
