/** @file Tells whether the first row of a table has the names of its columns. */
import { type ColumnValues, columnValues, enoughRows, isMissing, type Rows } from "./columnValues.js";
import { labelNames, labelRank, normalName, textNames, textRank } from "./columnNames.js";

/**
 * Whether a first row is a header: by known names, by names that options give, and by the rows after it.
 * @param given names in the options
 * @returns undefined if it could be either
 */
export function isHeaderRow(first: readonly string[], rest: Rows, given: readonly string[] = []): boolean | undefined {
  const columns = first.map((_, column) => columnValues(cellsOf(rest, column)));
  const wanted = new Set(given.map(normalName));
  if (first.some((name) => wanted.has(normalName(name)))) return true;
  const recurs = (column: number): boolean =>
    columns[column]!.values.length <= columns[column]!.filled / 2 &&
    columns[column]!.values.includes(first[column]!.trim());
  if (first.some((name, column) => isUsualName(name) && !recurs(column))) return true;
  const names = first.map(normalName).filter((name) => name !== "");
  if (names.length === 0 || rest.length === 0) return undefined;
  if (isNumbering(first) && columns.some(({ kind }) => kind === "words")) return true;
  if (new Set(names).size < names.length) return false;
  const votes = first.map((cell, column) => vote(cell.trim(), columns[column]!, rest.length));
  const isName = votes.some((found) => found >= certain);
  const isData = votes.some((found) => found <= -certain);
  const sum = votes.reduce((total, found) => total + found, 0);
  if (isName === isData || sum === 0) return Math.abs(sum) >= 1 && !(isName && isData) ? sum > 0 : undefined;
  return isName;
}

const cellsOf = (rows: Rows, column: number): string[] => rows.map((row) => row[column] ?? "");

const isUsualName = (name: string): boolean =>
  [...textNames, ...labelNames].includes(normalName(name)) ||
  (/^[\p{L}\p{N}]+[_.-]?[\p{L}\p{N}_.-]+$/u.test(name.trim()) &&
    /[_\p{Lu}]/u.test(name.trim().slice(1)) &&
    Math.min(textRank(name), labelRank(name)) <= 2);

/** 0, 1, 2, …: the names that pandas gives, maybe after an empty one. */
function isNumbering(cells: readonly string[]): boolean {
  const numbers = cells[0]?.trim() === "" ? cells.slice(1) : cells;
  return numbers.length > 1 && numbers.every((cell, at) => cell.trim() === String(at));
}

const certain = 2;

/** How much a cell is the name of its column rather than one of its values: from -2 for a value to 2 for a name. */
function vote(cell: string, values: ColumnValues, rows: number): number {
  if (isMissing(cell) || values.filled === 0) return 0;
  const { kind } = columnValues([cell]);
  if (values.kind !== "words" && values.kind !== "identifier") return sameKind(kind, values.kind) ? -certain : certain;
  if (kind === "integer" || kind === "number" || kind === "date" || kind === "url") return -certain;
  if (values.kind === "identifier")
    return /\d/.test(cell) === values.values.every((value) => /\d/.test(value)) ? -1 : 1;
  if (values.values.length <= values.filled / 2 && values.values.includes(cell)) return -certain;
  if (rows >= enoughRows && values.values.length <= values.filled / 4) return 1;
  const words = cell.split(/\s+/).length;
  if (values.meanWords < 4) return 0;
  if (words > 3 && cell.length > values.meanLength / 2.5) return -1;
  return words <= 3 && cell.length < values.meanLength / 2.5 ? 1 : 0;
}

const sameKind = (cell: string, column: string): boolean =>
  cell === column || (cell === "integer" && column === "number") || (cell === "number" && column === "integer");
