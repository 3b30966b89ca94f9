/** @file A table as a time series: each window of consecutive rows is a document. */
import { UserError } from "../../common/errors.js";
import { quantity } from "../../common/quantity.js";
import { labelColumnOf } from "../columns/columnNames.js";
import { notStorable, storableNumber } from "../columns/columnValues.js";
import { columnIndex, nameAt } from "../columns/givenColumns.js";
import type { Document, Reading, SkippedRow } from "../document.js";
import type { Content, ReadOptions } from "./index.js";
import type { TableRow } from "./storedRows.js";
import { isBlankRow } from "./table.js";

export type SeriesTable = {
  /** The cells of the header, or the numbers of the columns. */
  columns: string[];
  hasHeader: boolean;
  /** The rows without the header. */
  rows: () => AsyncIterable<TableRow>;
};

type SeriesColumn = { name: string; index: number };

/**
 * All windows of `window` rows, each one row after the previous one. The label of a window is the cell of the label column in its last row, or
 * `horizon` rows after it; with a horizon the label column is an input too.
 * @throws UserError for missing columns
 */
export async function openSeries(
  table: SeriesTable,
  { window = 1, horizon = 0, textsOnly, ...given }: ReadOptions,
): Promise<Omit<Content, "reading"> & { reading: Partial<Reading> }> {
  const label = labelColumn(table, given);
  const values = await valueColumns(table, given.valueColumns, horizon === 0 ? label?.index : undefined);
  const labeled = !textsOnly && label !== undefined;
  return {
    reading: {
      valueColumns: values.map(({ index }) => nameAt(table.columns, index)),
      ...(labeled && { labelColumn: nameAt(table.columns, label.index) }),
    },
    shape: "documents",
    labeled,
    rows: { width: values.length, ...(table.hasHeader && { columns: values.map(({ name }) => name) }) },
    overlap: window - 1 + horizon,
    read: () => windows(table, values, { window, horizon, label: labeled ? label : undefined }),
  };
}

function labelColumn(
  { columns, hasHeader }: SeriesTable,
  { labelColumn: named, columns: recorded }: ReadOptions,
): SeriesColumn | undefined {
  const given = recorded ? recorded.labelColumn : named;
  const index =
    given === undefined
      ? hasHeader && !recorded
        ? labelColumnOf(columns)
        : undefined
      : columnIndex(columns, given, "label-column");
  return index === undefined ? undefined : { name: columns[index]!, index };
}

/** The given columns, else all that have numbers in the first row. @param without the index of a column that must not be read */
async function valueColumns(
  table: SeriesTable,
  given: readonly string[] | undefined,
  without: number | undefined,
): Promise<SeriesColumn[]> {
  const named = (index: number): SeriesColumn => ({ name: table.columns[index]!, index });
  if (given) return given.map((name) => named(columnIndex(table.columns, name, "value-columns")));
  for await (const row of table.rows()) {
    if (isBlankRow(row)) continue;
    const { cells } = row;
    const found = [...cells.keys()].filter((index) => index !== without && storableNumber(cells[index]!) !== undefined);
    if (found.length > 0) return found.map(named);
    break;
  }
  throw new UserError("no column of numbers; name the columns with --value-columns");
}

/** The numbers of a window: 64 MB. */
const maxNumbers = 2 ** 24;

/**
 * Windows do not reach over a bad row, nor does the label of one. A window whose row of the label has none is left out.
 * @throws UserError at the end if the table has too few rows for a window
 */
async function* windows(
  { rows }: SeriesTable,
  columns: readonly SeriesColumn[],
  { window, horizon, label }: { window: number; horizon: number; label: SeriesColumn | undefined },
): AsyncGenerator<Document | SkippedRow> {
  const width = columns.length;
  if (window * width > maxNumbers)
    throw new UserError(
      `--window ${window} with ${width} columns makes windows of ${window * width} numbers; use a --window of at most ${Math.floor(maxNumbers / width)}`,
    );
  const last = new Float32Array(window * width); // [window, width], the newest row last
  let waiting: Document[] = []; // windows whose label is in a later row
  let read = 0; // rows of the series
  let unbroken = 0; // rows since the last bad one
  let longest = 0; // of these
  for await (const { cells, line } of rows()) {
    if (isBlankRow({ cells })) continue;
    read++;
    const row = columns.map(({ index }) => storableNumber(cells[index] ?? ""));
    const missing = row.indexOf(undefined);
    if (missing !== -1) {
      const { index, name } = columns[missing]!;
      yield { skipped: "bad", line, reason: notStorable(cells[index] ?? "", name) };
      [unbroken, waiting] = [0, []];
      continue;
    }
    last.copyWithin(0, width);
    last.set(row as number[], (window - 1) * width);
    unbroken++;
    longest = Math.max(longest, unbroken);
    if (unbroken >= window)
      waiting.push({ text: "", rows: { width, values: last.slice(), begin: read - window }, line });
    if (!label) {
      yield* waiting.splice(0);
    } else if (waiting.length > horizon) {
      const cell = cells[label.index]?.trim() ?? "";
      const document = waiting.shift()!;
      yield cell === "" ? { skipped: "unlabeled", line, reason: "the label is empty" } : { ...document, label: cell };
    }
  }
  const needed = label ? window + horizon : window;
  if (longest > 0 && longest < needed) {
    const found = longest === read ? quantity(read, "rows") : `at most ${longest} between bad ones`;
    throw new UserError(
      `--window ${window}${needed > window ? ` and --horizon ${horizon} need` : " needs"} ${quantity(needed, "rows")}, and the table has ${found}; use a smaller --window`,
    );
  }
}
