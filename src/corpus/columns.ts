/** @file Which columns of a table hold the text and the label. */
import { UserError } from "../common/errors.js";
import type { ReadOptions } from "./formats/format.js";

/** Names that are understood, in any case; the first that a table has is taken. */
const knownTextNames = [
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
const knownLabelNames = ["label", "sentiment", "class", "category", "target", "polarity", "rating", "stars", "score"];

const knownRowNames = ["rows", "values", "sequence", "series", "matrix", "numbers", "features", "signal", "image"];

/** Places of the columns, from 0; texts of several columns are joined by a space. */
export type Columns = { text: number[]; label: number | undefined };

type Asked = Pick<ReadOptions, "textColumn" | "labelColumn" | "textsOnly">;

/**
 * Columns by their names: those asked for, by name or by number from 1, else those whose names are known.
 * @throws UserError for a column that is missing, naming those that there are
 */
export function namedColumns(names: readonly string[], asked: Asked, where: string): Columns {
  const text =
    asked.textColumn === undefined ? [known(names, knownTextNames)] : askedText(names, asked.textColumn, where);
  if (text[0] === undefined) {
    throw new UserError(
      `${where}: none of the columns ${list(names)} is known to hold text: name it with --text-column`,
    );
  }
  const label =
    asked.labelColumn === undefined
      ? known(names, knownLabelNames)
      : askedColumn(names, asked.labelColumn, "label", where);
  const texts = text.filter((column) => column !== undefined);
  return { text: texts, label: labelBeside(texts, label, asked) };
}

/**
 * Columns of a table that names none: the text is the first and the label the last, unless numbers are given.
 * @param width how many columns there are
 */
export function numberedColumns(width: number, asked: Asked, where: string): Columns {
  const text = asked.textColumn === undefined ? undefined : askedText(numbers(width), asked.textColumn, where);
  const label =
    asked.labelColumn === undefined ? width - 1 : askedColumn(numbers(width), asked.labelColumn, "label", where);
  const texts = text ?? [label === 0 && width > 1 ? 1 : 0];
  return { text: texts, label: labelBeside(texts, label, asked) };
}

/** None where none is wanted, or where the column found is a text's. */
const labelBeside = (texts: number[], label: number | undefined, { textsOnly }: Asked): number | undefined =>
  textsOnly || (label !== undefined && texts.includes(label)) ? undefined : label;

/** Whether a first row names columns: one of its cells is a known name or one that is asked for. */
export function namesColumns(row: readonly string[], { textColumn = "", labelColumn = "" }: Asked): boolean {
  const askedNames = [...textColumn.split("+"), labelColumn]
    .map(normal)
    .filter((name) => name !== "" && !isNumber(name));
  return row.some((cell) => [...knownTextNames, ...knownLabelNames, ...askedNames].includes(normal(cell)));
}

/** Whether columns are asked for, and all of them by number. */
export const asksByNumber = ({ textColumn, labelColumn }: Asked): boolean =>
  [textColumn?.split("+"), labelColumn].flat().every((name) => name === undefined || isNumber(name)) &&
  (textColumn ?? labelColumn) !== undefined;

function askedText(names: readonly string[], asked: string, where: string): number[] {
  const parts = find(names, asked) === undefined ? asked.split("+") : [asked];
  return parts.map((part) => askedColumn(names, part, "text", where));
}

/** The place of a column that is asked for by name or by number from 1. @throws UserError where there is none */
export function askedColumn(
  names: readonly string[],
  asked: string,
  what: "text" | "label" | "value",
  where: string,
): number {
  const found = find(names, asked);
  if (found !== undefined) return found;
  const option = what === "value" ? "value-columns" : `${what}-column`;
  throw new UserError(`${where}: no column ${asked} for --${option}; there are ${list(names)}`);
}

function find(names: readonly string[], asked: string): number | undefined {
  const exact = names.indexOf(asked);
  if (exact !== -1) return exact;
  const alike = names.findIndex((name) => normal(name) === normal(asked));
  if (alike !== -1) return alike;
  const number = Number(asked);
  return isNumber(asked) && number >= 1 && number <= names.length ? number - 1 : undefined;
}

const known = (names: readonly string[], wanted: readonly string[]): number | undefined => {
  const normals = names.map(normal);
  const name = wanted.find((candidate) => normals.includes(candidate));
  return name === undefined ? undefined : normals.indexOf(name);
};

/** The place of the first column whose name is known to be a label's. */
export const knownLabel = (names: readonly string[]): number | undefined => known(names, knownLabelNames);

/** Likewise of one that holds rows of numbers. */
export const knownRows = (names: readonly string[]): number | undefined => known(names, knownRowNames);

export const hasKnownText = (names: readonly string[]): boolean => known(names, knownTextNames) !== undefined;

export const numbers = (width: number): string[] => Array.from({ length: width }, (_, column) => String(column + 1));
const isNumber = (name: string): boolean => /^\s*\d+\s*$/.test(name);
const normal = (name: string): string => name.trim().toLowerCase();
const shown = 12;
const list = (names: readonly string[]): string =>
  names.slice(0, shown).join(", ") + (names.length > shown ? `, and ${names.length - shown} more` : "");
