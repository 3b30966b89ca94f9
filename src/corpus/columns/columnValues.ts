/** @file What the cells of a column are: numbers, dates, identifiers, labels or texts. */

/** A cell; undefined for a field that a JSON object lacks, or that is a list or an object. */
export type Cell = string | undefined;

/** The first rows of a table. */
export type Rows = readonly (readonly Cell[])[];

/** identifier: another one in each row, or a hexadecimal code. words: all other cells. */
export type ValueKind = "empty" | "integer" | "number" | "date" | "url" | "identifier" | "words";

export type ColumnValues = {
  kind: ValueKind;
  /** Cells that have a value. */
  filled: number;
  /** Different values, in their order. */
  values: string[];
  /** Words in a cell, on average; a character of a script without spaces is half a word. */
  meanWords: number;
  /** Characters in a cell, on average. */
  meanLength: number;
};

/** A column of some rows. */
export type Candidate = ColumnValues & {
  /** From 0. */
  index: number;
  /** Empty without a header. */
  name: string;
  cells: readonly string[];
};

/** What pandas reads as a missing value. */
const missing = new Set(
  ",#N/A,#N/A N/A,#NA,-1.#IND,-1.#QNAN,-NaN,-nan,1.#IND,1.#QNAN,<NA>,N/A,NA,NULL,NaN,None,n/a,nan,null".split(","),
);

/** Whether a cell has no value: it is empty, or the word for a missing value of pandas, R or SQL, such as NaN or NULL. */
export const isMissing = (cell: string): boolean => missing.has(cell.trim());

/** A number that a 32-bit float holds, as inputs are stored; undefined for other cells and larger numbers. */
export function storableNumber(cell: string): number | undefined {
  const number = cell.trim() === "" ? Number.NaN : Number(cell);
  return Number.isFinite(Math.fround(number)) ? number : undefined;
}

/** Why a cell has no `storableNumber`. @param name of the column */
export function notStorable(cell: string, name: string): string {
  const shown = cell.trim().slice(0, 40);
  const expected = shown !== "" && Number.isFinite(Number(cell)) ? "a number of at most 3.4e38" : "a number";
  return `expected ${expected} in the column ${name}, got ${shown === "" ? "an empty cell" : `"${shown}"`}`;
}

const month = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";
const clock = String.raw`(?:[T ,]+\d{1,2}:\d{2}.*)?`;
const dates = [
  String.raw`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}${clock}`,
  String.raw`\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})${clock}`,
  String.raw`(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?${month}\.? \d{1,2}(?:,|\b).*\d{4}.*`,
  String.raw`(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?\d{1,2}[- ]${month}[-, ]+\d{2,4}${clock}`,
  String.raw`\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?`,
];
const patterns: [kind: ValueKind, pattern: RegExp][] = [
  ["integer", /^[+-]?\d+(?:\.0+)?$/],
  ["number", /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i],
  ["date", new RegExp(`^(?:${dates.join("|")})$`, "i")],
  ["url", /^(?:https?:\/\/|www\.)\S+$/i],
  ["identifier", /^(?=.*\d)[0-9a-f-]{8,}$|^\S+@\S+\.\S+$/i],
];

/** A column is of the kind of nearly all its cells. */
const nearlyAll = 0.95;
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;

/** The kind and the values of the cells of a column. */
export function columnValues(all: readonly string[]): ColumnValues {
  const cells = all.map((cell) => cell.trim()).filter((cell) => !isMissing(cell));
  const values = [...new Set(cells)];
  const mean = (measure: (cell: string) => number): number =>
    cells.reduce((sum, cell) => sum + measure(cell), 0) / Math.max(1, cells.length);
  return {
    kind: kindOf(cells, values),
    filled: cells.length,
    values,
    meanWords: mean((cell) => cell.split(/\s+/).length + (cell.match(unspaced)?.length ?? 0) / 2),
    meanLength: mean((cell) => cell.length),
  };
}

function kindOf(cells: readonly string[], values: readonly string[]): ValueKind {
  if (cells.length === 0) return "empty";
  const share = (fits: (cell: string) => boolean): number => cells.filter(fits).length / cells.length;
  // A number is an integer or not, so that its pattern covers the one of integers.
  const found = patterns.find(([, pattern]) => share((cell) => pattern.test(cell)) >= nearlyAll)?.[0] ?? "words";
  const isOwn = cells.length >= enoughRows && values.length === cells.length;
  if (isOwn && (found === "integer" || (found === "words" && share((cell) => /^\S*\d\S*$/.test(cell)) >= nearlyAll)))
    return "identifier";
  return found;
}

/** Rows from which the values of a column are compared. */
export const enoughRows = 8;

/** Integers with more different values are amounts, unless they are the numbers of classes without a gap. */
const maxIntegerLabels = 20;
const maxLabels = 300;

/** Whether the cells may be labels by their values: they repeat, and are words or the numbers of classes. */
export function looksLikeLabels({ kind, filled, values, meanWords, cells }: Candidate): boolean {
  const distinct = values.length;
  if (filled < enoughRows || filled < cells.length / 2 || distinct < 2) return false;
  if (kind === "integer") {
    const numbers = values.map(Number);
    const hasGap = Math.max(...numbers) - Math.min(...numbers) >= 1.1 * distinct;
    return distinct <= filled / 3 && (distinct <= maxIntegerLabels || (!hasGap && Math.min(...numbers) <= 1));
  }
  return kind === "words" && meanWords <= 6 && distinct <= Math.min(maxLabels, Math.max(2, filled / 4));
}

/** Whether the cells may be texts by their values: several words each, in most rows. */
export const looksLikeTexts = ({ kind, filled, values, meanWords, cells }: Candidate): boolean =>
  kind === "words" && meanWords >= 2.5 && filled >= cells.length / 2 && values.length > filled / 4;

const fewRows = 4;

/** The columns of a few rows that have one column of texts, and beside it only one, of labels that repeat; undefined for other rows. */
export function clearColumns(rows: Rows): { text: number; label: number } | undefined {
  const [first = []] = rows;
  if (first.length !== 2 || rows.length < fewRows) return undefined;
  const [one, two] = first.map((_, column) => columnValues(rows.map((row) => row[column] ?? "")));
  const isText = ({ kind, meanWords, values, filled }: ColumnValues): boolean =>
    kind === "words" && meanWords >= 2.5 && values.length > filled / 2;
  const isLabel = ({ kind, meanWords, values, filled }: ColumnValues): boolean =>
    filled === rows.length &&
    values.length >= 2 &&
    values.length <= filled / 2 &&
    (kind === "integer" || (kind === "words" && meanWords <= 2));
  if (isText(one!) && isLabel(two!)) return { text: 0, label: 1 };
  return isLabel(one!) && isText(two!) ? { text: 1, label: 0 } : undefined;
}

const maxShown = 6; // columns
const shownValues = 2;
const shownLength = 20; // of a value

/** Columns with their first values, for a message. */
export const shownColumns = (columns: readonly Candidate[]): string =>
  columns
    .slice(0, maxShown)
    .map(({ name, index, values }) => {
      const first = values.slice(0, shownValues).map((value) => {
        const line = value.replaceAll(/\s+/g, " ");
        return line.length > shownLength ? `${line.slice(0, shownLength).toWellFormed()}…` : line;
      });
      const more = values.length > shownValues ? [...first, "…"] : first;
      return `${name.trim() || index + 1} (${more.length === 0 ? "empty" : more.join(", ")})`;
    })
    .join("; ") + (columns.length > maxShown ? `; and ${columns.length - maxShown} more` : "");
