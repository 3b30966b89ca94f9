/** @file The columns of a table with the numbers beside its texts (--value-columns). */
import { UserError } from "../../common/errors.js";
import type { Document } from "../document.js";
import { isMissing, notStorable, storableNumber } from "./columnValues.js";
import { columnIndex, nameAt } from "./givenColumns.js";

/** Reads the numbers of rows. */
export type NumberReader = {
  /** Names that find the columns again. */
  columns: readonly string[];
  /** @param cell of a column @throws UserError for a cell that is neither a number that a 32-bit float holds nor missing */
  numbersOf: (cell: (column: number) => string) => Required<Pick<Document, "numbers">>;
};

/**
 * @param label the index of the label column
 * @returns undefined if no columns are given
 * @throws UserError for a column that the table does not have, and for that of the label
 */
export function numberReader(
  names: readonly string[],
  given: readonly string[] | undefined,
  label: number | undefined,
): NumberReader | undefined {
  if (given === undefined) return undefined;
  const indices = given.map((name) => columnIndex(names, name, "value-columns"));
  if (label !== undefined && indices.includes(label))
    throw new UserError(`the column ${names[label]} has the label; remove it from --value-columns`);
  return {
    columns: indices.map((index) => nameAt(names, index)),
    numbersOf: (cell) => ({ numbers: indices.map((index) => numberIn(cell(index), names[index]!)) }),
  };
}

/** NaN for a missing number. */
function numberIn(cell: string, name: string): number {
  if (isMissing(cell)) return Number.NaN;
  const number = storableNumber(cell);
  if (number === undefined) throw new UserError(notStorable(cell, name));
  return number;
}
