/** @file Rows of numbers as a person types them: a row a line, with commas, semicolons or spaces between. */
import { UserError } from "../common/errors.js";
import type { Rows } from "../corpus/document.js";

/**
 * @param width numbers of a row
 * @param window where the network reads so many rows: the last ones are taken
 * @throws UserError for what is no number, and for a line of more or fewer
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
    throw new UserError(`line ${line}: expected a row of ${width}, got one of ${cells.length}`);
  return numbers;
}
