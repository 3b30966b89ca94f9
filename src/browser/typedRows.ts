/** @file Parses typed rows of numbers: one row per line, numbers separated by commas, semicolons or spaces. */
import { UserError } from "../common/errors.js";
import type { Rows } from "../corpus/document.js";

/**
 * @param width count of numbers in a row
 * @param window number of rows that the network reads; of more rows the last ones are used
 * @throws UserError for a word that is not a number, and for a line with another count
 */
export function rowsOf(text: string, width: number, window?: number): Rows {
  const rows = text.split("\n").flatMap((line, index) => {
    const cells = line.split(/[\s,;]+/).filter((cell) => cell !== "");
    return cells.length === 0 ? [] : [numbersOf(cells, width, index + 1)];
  });
  return { width, values: Float32Array.from((window === undefined ? rows : rows.slice(-window)).flat()) };
}

function numbersOf(cells: readonly string[], width: number, line: number): number[] {
  const numbers = cells.map(Number);
  const wrong = numbers.findIndex((number) => !Number.isFinite(number));
  if (wrong !== -1) throw new UserError(`line ${line}: “${cells[wrong]}” is not a number`);
  if (cells.length !== width)
    throw new UserError(`line ${line}: expected a row of ${width}, got ${cells.length} numbers`);
  return numbers;
}
