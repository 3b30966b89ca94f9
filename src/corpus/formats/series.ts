/** @file A table as a series in time: its rows are numbers, and each window of some rows is a document. */
import { UserError } from "../../common/errors.js";
import { askedColumn, knownLabel } from "../columns.js";
import type { Document } from "../document.js";
import type { Content, ReadOptions } from "./format.js";

/** A table's row, and the line on which it begins. */
export type TableRow = { cells: string[]; line: number };

export type Table = {
  name: string;
  /** The first row's cells where they name the columns, else the columns' numbers. */
  columns: string[];
  hasHeader: boolean;
  /** The rows below any header. */
  rows: () => AsyncIterable<TableRow>;
};

type Column = { name: string; place: number };

/**
 * Windows of so many rows, each beginning a row after the one before. The label is the label column's cell in a window's last row, or
 * `horizon` rows after it, and then that column may be read too.
 * @throws UserError for columns that are missing, while reading for cells that are no numbers
 */
export async function openSeries(
  table: Table,
  { window = 1, horizon = 0, textsOnly, ...asked }: ReadOptions,
): Promise<Content> {
  const label = labelColumn(table, asked.labelColumn);
  const values = await valueColumns(table, asked.valueColumns, horizon === 0 ? label?.place : undefined);
  const labelled = !textsOnly && label !== undefined;
  return {
    shape: "documents",
    labelled,
    rows: { width: values.length, ...(table.hasHeader && { columns: values.map(({ name }) => name) }) },
    overlap: window - 1 + horizon,
    read: () => windows(table, values, { window, horizon, label: labelled ? label : undefined }),
  };
}

function labelColumn({ name, columns, hasHeader }: Table, asked: string | undefined): Column | undefined {
  const place =
    asked === undefined ? (hasHeader ? knownLabel(columns) : undefined) : askedColumn(columns, asked, "label", name);
  return place === undefined ? undefined : { name: columns[place]!, place };
}

/** Those asked for, else all that are numbers in the first row. @param without the place of one that must not be read */
async function valueColumns(
  table: Table,
  asked: readonly string[] | undefined,
  without: number | undefined,
): Promise<Column[]> {
  const named = (place: number): Column => ({ name: table.columns[place]!, place });
  if (asked) return asked.map((name) => named(askedColumn(table.columns, name, "value", table.name)));
  for await (const { cells } of table.rows()) {
    const found = [...cells.keys()].filter((place) => place !== without && numberIn(cells[place]) !== undefined);
    if (found.length > 0) return found.map(named);
    break;
  }
  throw new UserError(`${table.name}: no column of numbers to read: name some with --value-columns`);
}

const numberIn = (cell = ""): number | undefined => {
  const number = cell.trim() === "" ? Number.NaN : Number(cell);
  return Number.isFinite(number) ? number : undefined;
};

async function* windows(
  { name, rows }: Table,
  columns: readonly Column[],
  { window, horizon, label }: { window: number; horizon: number; label: Column | undefined },
): AsyncGenerator<Document> {
  const width = columns.length;
  const last = new Float32Array(window * width); // the last rows, the newest last
  const waiting: Document[] = []; // windows whose label is still to come
  let read = 0;
  for await (const { cells, line } of rows()) {
    const row = columns.map(({ name: column, place }) => {
      const number = numberIn(cells[place]);
      if (number !== undefined) return number;
      const cell = cells[place]?.trim() ?? "";
      throw new UserError(
        `${name}:${line}: the column ${column} ${cell === "" ? "is empty" : `holds "${cell.slice(0, 40)}"`}, and a number is wanted there`,
      );
    });
    last.copyWithin(0, width);
    last.set(row, (window - 1) * width);
    read++;
    if (read >= window) waiting.push({ text: "", rows: { width, values: last.slice(), begin: read - window } });
    if (!label) {
      yield* waiting.splice(0);
    } else if (waiting.length > horizon) {
      const cell = cells[label.place]?.trim() ?? "";
      if (cell === "") throw new UserError(`${name}:${line}: the label is empty`);
      yield { ...waiting.shift()!, label: cell };
    }
  }
}
