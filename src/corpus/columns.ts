/** @file Finds the columns of a table that have the text, the label and the numbers. */
import { UserError } from "../common/errors.js";
import { nearestNames, suggestion } from "../common/nearest.js";
import type { RecordedColumns, TextJoin } from "./document.js";
import type { ReadOptions } from "./formats/index.js";

/** Names of text columns, compared without case; the first one that a table has is taken. */
const textNames = [
  "text",
  "sentence",
  "review",
  "content",
  "document",
  "comment",
  "message",
  "tweet",
  "body",
  "headline",
  "question",
  "description",
  "title",
];
const labelNames = ["label", "sentiment", "class", "category", "target", "polarity", "rating", "stars", "score"];
const rowsNames = ["rows", "values", "sequence", "series", "matrix", "numbers", "features", "signal", "image"];

/** Indices of the columns, from 0. */
export type Columns = { text: number[]; label: number | undefined; textJoin?: TextJoin };

type ColumnOptions = Pick<ReadOptions, "textColumn" | "labelColumn" | "textsOnly">;

/**
 * The columns of a table whose first row names them: the given ones, by name or by number from 1, else those with a known name.
 * @throws UserError for a given column that the table does not have, and if no column has a known text name
 */
export function namedColumns(names: readonly string[], options: ColumnOptions): Columns {
  const given = options.textColumn && givenTexts(names, options.textColumn);
  const known = firstKnown(names, textNames);
  if (given === undefined && known === undefined) {
    throw new UserError(`no known text column; name it with --text-column; columns are: ${listed(names)}`);
  }
  const { text, ...join } = given ?? { text: [known!] };
  const label =
    options.labelColumn === undefined
      ? (firstKnown(names, labelNames) ?? lastWordKnown(names))
      : columnIndex(names, options.labelColumn, "label-column");
  return { text, label: labelBeside(text, label, options), ...join };
}

/** The first column whose name ends with a known label name, such as airline_sentiment. */
function lastWordKnown(names: readonly string[]): number | undefined {
  const found = names.findIndex((name) => labelNames.includes(/[_\s-]([^_\s-]+)$/.exec(normal(name))?.[1] ?? ""));
  return found === -1 ? undefined : found;
}

/**
 * The columns of a table without a header: by default the text is the first one and the label the last one, or, if the last one has
 * another text in each row, the label is the column with the fewest values and the text the longest one.
 * @param width the number of columns
 * @param rows the first rows
 * @throws UserError if each of many rows has a label of its own
 */
export function numberedColumns(
  width: number,
  options: ColumnOptions,
  rows: readonly (readonly string[])[] = [],
): Columns {
  const names = columnNumbers(width);
  const found =
    options.labelColumn === undefined && options.textColumn === undefined && !options.textsOnly
      ? columnsByContents(width, rows)
      : undefined;
  const label =
    options.labelColumn === undefined
      ? (found?.label ?? width - 1)
      : columnIndex(names, options.labelColumn, "label-column");
  const { text, ...join } = options.textColumn
    ? givenTexts(names, options.textColumn)
    : { text: [found?.text ?? (label === 0 && width > 1 ? 1 : 0)] };
  return { text, label: labelBeside(text, label, options), ...join };
}

/** The columns of a record. @throws UserError for one that the table does not have */
export const recordedColumns = (
  names: readonly string[],
  { textColumns = [], textJoin, labelColumn }: RecordedColumns,
  { textsOnly }: ColumnOptions,
): Columns => ({
  ...(textJoin && { textJoin }),
  text: textColumns.map((name) => columnIndex(names, name, "text-column")),
  label: labelColumn === undefined || textsOnly ? undefined : columnIndex(names, labelColumn, "label-column"),
});

/** Rows that are enough to tell labels from texts. */
const manyRows = 20;

function columnsByContents(
  width: number,
  rows: readonly (readonly string[])[],
): { text: number; label: number } | undefined {
  const cellsOf = (column: number): string[] => rows.map((cells) => cells[column]?.trim() ?? "");
  const last = cellsOf(width - 1);
  const isNumeric = last.every((cell) => cell === "" || Number.isFinite(Number(cell)));
  if (width < 2 || rows.length < manyRows || isNumeric || new Set(last).size < rows.length) return undefined;
  const distinct = Array.from({ length: width }, (_, column) => new Set(cellsOf(column)).size);
  const fewest = Math.min(...distinct.filter((count) => count > 1));
  if (fewest > rows.length / 2) {
    throw new UserError(
      `each of the first ${rows.length} rows has a label of its own in the last column; name the columns with --text-column and --label-column`,
    );
  }
  const label = distinct.indexOf(fewest);
  const lengths = distinct.map((_, column) => (column === label ? -1 : cellsOf(column).join("").length));
  return { label, text: lengths.indexOf(Math.max(...lengths)) };
}

/** Undefined if labels are not read, and if the column is a text column. */
const labelBeside = (text: number[], label: number | undefined, { textsOnly }: ColumnOptions): number | undefined =>
  textsOnly || (label !== undefined && text.includes(label)) ? undefined : label;

/** Whether a first row is a header: one of its cells is a known name or a name in the options. */
export function isHeader(row: readonly string[], { textColumn = [], labelColumn = "" }: ColumnOptions): boolean {
  const given = [...textColumn.flatMap(formerNames), labelColumn]
    .map(normal)
    .filter((name) => name !== "" && !isNumber(name));
  return row.some((cell) => [...textNames, ...labelNames, ...given].includes(normal(cell)));
}

/** Whether the options have columns, all of them by number. */
export const givesNumbers = ({ textColumn, labelColumn }: ColumnOptions): boolean =>
  [textColumn?.flatMap(formerNames), labelColumn].flat().every((name) => name === undefined || isNumber(name)) &&
  (textColumn ?? labelColumn) !== undefined;

/** @throws UserError if the table has no such columns */
function givenTexts(names: readonly string[], given: readonly string[]): Pick<Columns, "text" | "textJoin"> {
  const single = names.findIndex((name) => normal(name).replaceAll(/\s*,\s*/g, ",") === normal(given.join(",")));
  if (single !== -1) return { text: [single] }; // also a name that has a comma, without quotes
  const former = given.length === 1 ? formerNames(given[0]!) : [];
  const isFormer = former.length > 1 && former.every((name) => findColumn(names, name) !== undefined);
  const text = (isFormer ? former : given).map((name) => columnIndex(names, name, "text-column"));
  return { text, ...(text.length > 1 && { textJoin: isFormer ? " " : "\n" }) };
}

/** Earlier versions have several columns as one name, as in "title+body". */
const formerNames = (name: string): string[] => name.split("+");

/** The text of several columns. Between lines, empty cells are left out. */
export const joinedText = (cells: readonly string[], textJoin: TextJoin = "\n"): string =>
  (textJoin === " " ? cells : cells.filter((cell, _, { length }) => length === 1 || cell.trim() !== "")).join(textJoin);

/**
 * The index of a column that is given by name or by number from 1.
 * @param option that gives it, for the message
 * @throws UserError if the table has no such column
 */
export function columnIndex(
  names: readonly string[],
  given: string,
  option: "text-column" | "label-column" | "value-columns" | "group-column" | "time-column" | "id-column",
): number {
  const found = findColumn(names, given);
  if (found !== undefined) return found;
  const near = isNumber(given) ? [] : nearestNames(given, names);
  const hint = near.length > 0 ? suggestion(given, names, "columns") : `; columns are: ${listed(names)}`;
  throw new UserError(`no such column "${given}" for --${option}${hint}`);
}

function findColumn(names: readonly string[], given: string): number | undefined {
  const exact = names.indexOf(given);
  if (exact !== -1) return exact;
  const withoutCase = names.findIndex((name) => normal(name) === normal(given));
  if (withoutCase !== -1) return withoutCase;
  const number = Number(given);
  return isNumber(given) && number >= 1 && number <= names.length ? number - 1 : undefined;
}

function firstKnown(names: readonly string[], known: readonly string[]): number | undefined {
  const normals = names.map(normal);
  const name = known.find((candidate) => normals.includes(candidate));
  return name === undefined ? undefined : normals.indexOf(name);
}

/** The index of the first column with a known label name. */
export const labelColumnOf = (names: readonly string[]): number | undefined => firstKnown(names, labelNames);

/** The index of the first column with a known name for rows of numbers. */
export const rowsColumnOf = (names: readonly string[]): number | undefined => firstKnown(names, rowsNames);

export const hasTextColumn = (names: readonly string[]): boolean => firstKnown(names, textNames) !== undefined;

/** A name that finds a column again: its own, or its number if an earlier column has the same name. */
export const nameAt = (names: readonly string[], column: number): string =>
  names.indexOf(names[column]!) === column ? names[column]! : String(column + 1);

/** The names of columns without a header: 1, 2, … */
export const columnNumbers = (width: number): string[] =>
  Array.from({ length: width }, (_, column) => String(column + 1));

const isNumber = (name: string): boolean => /^\s*\d+\s*$/.test(name);
const normal = (name: string): string => name.trim().toLowerCase();
const maxListed = 12;
const listed = (names: readonly string[]): string =>
  names.slice(0, maxListed).join(", ") + (names.length > maxListed ? `, and ${names.length - maxListed} more` : "");
