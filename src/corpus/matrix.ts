/** @file Rows of numbers from JSON: a list of lists, or a list of numbers, each a row of its own. */
import { UserError } from "../common/errors.js";
import type { Rows } from "./document.js";

/**
 * @param width of every row; absent: as the first
 * @param place for messages
 * @throws UserError for anything but rows of finite numbers, all as wide
 */
export function matrixOf(value: unknown, width: number | undefined, place: string): Rows {
  if (!Array.isArray(value) || value.length === 0) {
    throw new UserError(
      `${place} is ${value === undefined ? "missing" : "no list of rows"}: expected rows as in [[1, 2], [3, 4]]`,
    );
  }
  const rows = value.map((row: unknown): unknown[] => (Array.isArray(row) ? row : [row]));
  const wanted = width ?? rows[0]!.length;
  const values = new Float32Array(rows.length * wanted);
  for (const [index, row] of rows.entries()) {
    if (row.length !== wanted || wanted === 0)
      throw new UserError(`${place}: row ${index + 1} has ${row.length} numbers, expected ${wanted || "some"}`);
    for (const [column, number] of row.entries()) {
      if (typeof number !== "number") {
        throw new UserError(`${place}: row ${index + 1} holds ${JSON.stringify(number)}, and numbers are wanted`);
      }
      values[index * wanted + column] = number;
    }
  }
  return { width: wanted, values };
}
