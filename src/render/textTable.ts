/** @file Tables: aligned text for people. */
import { displayWidth, printable } from "./textWidth.js";

export type Cell = string | number | boolean | null | undefined;
export type Row = { [key: string]: Cell };

export type Column = {
  key: string;
  title: string;
  /** Numbers stand right and everything else left, unless this says so. */
  align?: "left" | "right";
  /** How a number reads. */
  format?: (value: number) => string;
};

export type Table = { columns: readonly Column[]; rows: readonly Row[] };

const gap = "  ";

function textOf(value: Cell, { format = String }: Column): string {
  if (value === null || value === undefined) return "";
  return printable(typeof value === "number" ? format(value) : String(value));
}

/** The titles and a line for each row, each ending in a line feed; a table without rows is its titles. */
export function formatTable({ columns, rows }: Table): string {
  const lines = columns.map((column) => {
    const cells = [column.title, ...rows.map((row) => textOf(row[column.key], column))];
    const widths = cells.map(displayWidth);
    const widest = widths.reduce((most, width) => Math.max(most, width), 0);
    const numbers = rows.some((row) => typeof row[column.key] === "number");
    const right = (column.align ?? (numbers ? "right" : "left")) === "right";
    return cells.map((cell, index) => {
      const space = " ".repeat(widest - widths[index]!);
      return right ? space + cell : cell + space;
    });
  }); // by column, then row
  return [{}, ...rows]
    .map(
      (_, row) =>
        `${lines
          .map((cells) => cells[row])
          .join(gap)
          .trimEnd()}\n`,
    )
    .join("");
}
