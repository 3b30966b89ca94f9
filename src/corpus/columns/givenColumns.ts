/** @file The columns that options give, by name or by number from 1. */
import { UserError } from "../../common/errors.js";
import { nearestNames, suggestion } from "../../common/nearest.js";
import { normalName } from "./columnNames.js";
import type { TextJoin } from "../document.js";
import type { ReadOptions } from "../formats/index.js";

/** Indices of the text columns, from 0. */
export type TextColumns = { text: number[]; textJoin?: TextJoin };

/** @throws UserError if the table has no such columns */
export function givenTexts(names: readonly string[], given: readonly string[]): TextColumns {
  const single = names.findIndex(
    (name) => normalName(name).replaceAll(/\s*,\s*/g, ",") === normalName(given.join(",")),
  );
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

export type ColumnOptions = Pick<
  ReadOptions,
  "textColumn" | "labelColumn" | "groupColumn" | "timeColumn" | "valueColumns" | "textsOnly"
>;

type ColumnOption = "text-column" | "label-column" | "value-columns" | "group-column" | "time-column" | "id-column";

/**
 * The index of a column that is given by name or by number from 1.
 * @param option that gives it, for the message
 * @throws UserError if the table has no such column
 */
export function columnIndex(names: readonly string[], given: string, option: ColumnOption): number {
  const found = findColumn(names, given);
  if (found !== undefined) return found;
  const near = isNumber(given) ? [] : nearestNames(given, names);
  const from = isNumber(given) && Number(given) < 1 ? "; columns are numbered from 1" : "";
  const hint = near.length > 0 ? suggestion(given, names, "columns") : `${from}; columns are: ${listedNames(names)}`;
  throw new UserError(`no such column "${given}" for --${option}${hint}`);
}

/** The index of a column that may be given and may exist. */
export const givenIndex = (names: readonly string[], given: string | undefined): number | undefined =>
  given === undefined ? undefined : findColumn(names, given);

function findColumn(names: readonly string[], given: string): number | undefined {
  const exact = names.indexOf(given);
  if (exact !== -1) return exact;
  const withoutCase = names.findIndex((name) => normalName(name) === normalName(given));
  if (withoutCase !== -1) return withoutCase;
  const number = Number(given);
  return isNumber(given) && number >= 1 && number <= names.length ? number - 1 : undefined;
}

/** The names that options give, and whether they give columns by number only. */
export function namesGiven({ textColumn = [], labelColumn, valueColumns = [] }: ColumnOptions): {
  names: string[];
  areNumbers: boolean;
} {
  const given = [
    ...textColumn,
    ...textColumn.flatMap(formerNames),
    ...(labelColumn === undefined ? [] : [labelColumn]),
    ...valueColumns,
  ];
  const names = given.filter((name) => name.trim() !== "" && name !== noColumn && !isNumber(name));
  return { names, areNumbers: given.some(isNumber) && names.length === 0 };
}

/** As the label column: the table has no labels, or they are not read. */
export const noColumn = "none";

/** A name that finds a column again: its own, or its number if an earlier column has the same name. */
export const nameAt = (names: readonly string[], column: number): string =>
  names.indexOf(names[column]!) === column ? names[column]! : String(column + 1);

/** The names of columns without a header: 1, 2, … */
export const columnNumbers = (width: number): string[] =>
  Array.from({ length: width }, (_, column) => String(column + 1));

const isNumber = (name: string): boolean => /^\s*[+-]?\d+\s*$/.test(name);
const maxListed = 12;

/** The first names, for a message. */
export const listedNames = (names: readonly string[]): string =>
  names.slice(0, maxListed).join(", ") + (names.length > maxListed ? `, and ${names.length - maxListed} more` : "");
