/** @file Aligned text: tables that fit a width, and lines of a label and its text. */
import { displayWidth, printable, wrapText } from "./textWidth.js";

export type Cell = string | number | boolean | null | undefined;
export type Row = { [key: string]: Cell };

export type Column = {
  key: string;
  title: string;
  /** Default: right for numbers, left for everything else. */
  align?: "left" | "right";
  /** Formats a number. */
  format?: (value: number) => string;
  /** A table that is too wide loses the column with the highest rank first; a column without a rank always stays. */
  rank?: number;
};

export type Table = { columns: readonly Column[]; rows: readonly Row[] };

/** The width of output that is not a terminal, in columns. */
export const defaultWidth = 80;
const gap = "  ";
const minWrappedWidth = 12;

function textOf(value: Cell, { format = String }: Column): string {
  if (value === null || value === undefined) return "";
  return printable(typeof value === "number" ? format(value) : String(value));
}

/** A column as text: its cells, and their width without the title. */
type TextColumn = { title: string; cells: string[]; width: number; right: boolean; rank: number };

function textColumn(column: Column, rows: readonly Row[]): TextColumn {
  const cells = rows.map((row) => textOf(row[column.key], column));
  const isNumeric = rows.some((row) => typeof row[column.key] === "number");
  return {
    title: printable(column.title),
    cells,
    width: widest(cells),
    right: (column.align ?? (isNumeric ? "right" : "left")) === "right",
    rank: column.rank ?? 0,
  };
}

const widest = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);

/** The title on one line, or on as many lines as its cells and its longest word allow. */
function titleLines({ title, width }: TextColumn, isWrapped: boolean): string[] {
  return isWrapped ? wrapText(title, Math.max(width, widest(title.split(" ")))) : [title];
}

const columnWidth = (column: TextColumn, isWrapped: boolean): number =>
  Math.max(column.width, widest(titleLines(column, isWrapped)));

const tableWidth = (columns: readonly TextColumn[], isWrapped: boolean): number =>
  columns.reduce((sum, column) => sum + columnWidth(column, isWrapped), gap.length * (columns.length - 1));

/**
 * The titles and the rows, each line ending in a line feed; a table without rows is its titles.
 * A table that is wider than `width` gets titles of several lines, then loses its columns by rank, then wraps its last column.
 * @param width in columns of the terminal
 */
export function formatTable({ columns, rows }: Table, width = defaultWidth): string {
  let shown = columns.map((column) => textColumn(column, rows));
  const isWrapped = tableWidth(shown, false) > width;
  while (tableWidth(shown, isWrapped) > width && shown.some(({ rank }) => rank > 0)) {
    const highest = Math.max(...shown.map(({ rank }) => rank));
    shown = shown.filter(({ rank }) => rank < highest);
  }
  const titles = shown.map((column) => titleLines(column, isWrapped));
  const widths = shown.map((column) => columnWidth(column, isWrapped));
  const last = shown.at(-1)!;
  const room = width - (tableWidth(shown, isWrapped) - widths.at(-1)!);
  if (last.width > room && !last.right) widths[widths.length - 1] = Math.max(room, minWrappedWidth);

  const lines = rows.flatMap((_, row) =>
    linesOf(
      shown.map(({ cells }, index) => wrapText(cells[row]!, index === shown.length - 1 ? widths[index]! : Infinity)),
    ),
  );
  const height = Math.max(...titles.map(({ length }) => length));
  const head = linesOf(titles.map((texts) => [...Array<string>(height - texts.length).fill(""), ...texts]));
  return [...head, ...lines]
    .map(
      (texts) =>
        `${texts
          .map((text, index) => padded(text, widths[index]!, shown[index]!.right))
          .join(gap)
          .trimEnd()}\n`,
    )
    .join("");
}

/** Cells of several lines as lines of cells. */
const linesOf = (cells: readonly string[][]): string[][] =>
  Array.from({ length: Math.max(...cells.map(({ length }) => length)) }, (_, line) =>
    cells.map((texts) => texts[line] ?? ""),
  );

function padded(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
}

/**
 * The table without those of its last columns that do not fit the width.
 * @param fixed columns that stay in any case
 * @returns the table, and how many columns were cut
 */
export function cutColumns(
  { columns, rows }: Table,
  fixed: number,
  width = defaultWidth,
): { table: Table; cut: number } {
  const texts = columns.map((column) => textColumn(column, rows));
  let count = columns.length;
  while (count > fixed && tableWidth(texts.slice(0, count), false) > width) count--;
  return { table: { columns: columns.slice(0, count), rows }, cut: columns.length - count };
}

/** A label and its text; a label without text is left out. */
export type LabeledLine = readonly [label: string, text: string | undefined];

/** Lines of a label and its text, which is wrapped beside the label, or below it if the width is small. */
export function labeledLines(lines: readonly LabeledLine[], width = defaultWidth): string[] {
  const shown = lines.flatMap(([label, text]) => (text === undefined ? [] : [[label, text] as const]));
  const margin = widest(shown.map(([label]) => label)) + gap.length;
  return shown.flatMap(([label, text]) => {
    if (width < 3 * margin)
      return [printable(label), ...wrapText(printable(text), width - 2).map((line) => `  ${line}`)];
    return wrapText(printable(text), width - margin).map((line, index) =>
      `${(index === 0 ? printable(label) : "").padEnd(margin)}${line}`.trimEnd(),
    );
  });
}
