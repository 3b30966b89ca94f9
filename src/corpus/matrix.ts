/** @file Rows of numbers from JSON: a list of lists, or a list of numbers, each of which is a row. */
import { UserError } from "../common/errors.js";
import type { Rows } from "./document.js";

/**
 * @param width of every row; default: the width of the first
 * @throws UserError for other data, numbers that are not finite, and rows of another width
 */
export function matrixOf(value: unknown, width?: number): Rows {
  if (!Array.isArray(value) || value.length === 0) {
    throw new UserError(
      `${value === undefined ? "missing" : "not a list of rows"}; expected rows such as [[1, 2], [3, 4]]`,
    );
  }
  const rows = value.map((row: unknown): unknown[] => (Array.isArray(row) ? row : [row]));
  const expected = width ?? rows[0]!.length;
  const values = new Float32Array(rows.length * expected);
  for (const [index, row] of rows.entries()) {
    if (row.length !== expected || expected === 0)
      throw new UserError(`row ${index + 1} has ${row.length} numbers; expected ${expected || "one or more"}`);
    for (const [column, number] of row.entries()) {
      if (typeof number !== "number" || !Number.isFinite(Math.fround(number)))
        throw new UserError(
          `row ${index + 1} has ${JSON.stringify(number)}; expected a number${typeof number === "number" ? " of at most 3.4e38" : ""}`,
        );
      values[index * expected + column] = number;
    }
  }
  return { width: expected, values };
}
