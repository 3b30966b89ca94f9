/** @file Finds the dialect of a table: its delimiter, its quotes and its line ends, from its first rows. */
import type { Options } from "csv-parse";
import type { ByteSource } from "../sources/byteSource.js";
import { columnValues, looksLikeLabels } from "../columns/columnValues.js";
import { sampledText } from "../decoding/utf8Bytes.js";
import type { ReadOptions } from "./index.js";

/** How cells are written. */
export type Dialect = {
  /** Between cells. */
  delimiter: string;
  /** Around cells; empty for none. */
  quote: string;
  /** Before a quote in a quoted cell; empty for none. */
  escape: string;
  /** Whether spaces may come before a quote. */
  skipSpaces?: boolean;
};

/** A dialect, and what is found anew in each file. */
export type FoundDialect = { dialect: Dialect; lineEnd: "\n" | "\r"; firstLine: 1 | 2 };

const sampleLength = 1 << 16;
const delimiters = [",", ";", "\t", "|"];

/** The options of csv-parse; rows of any width are accepted. */
export const parserOptions = ({ dialect, lineEnd, firstLine }: FoundDialect): Options => ({
  delimiter: dialect.delimiter,
  quote: dialect.quote || null,
  escape: dialect.escape || null,
  ltrim: dialect.skipSpaces ?? false,
  record_delimiter: lineEnd,
  from_line: firstLine,
  relax_column_count: true,
});

/**
 * The usual dialect of the format if the first rows follow it, else the first one that gives rows of equal width, two cells or more; of several
 * ones, the first that gives a column of labels.
 * A first line such as "sep=;" says the delimiter.
 */
export async function findDialect(
  source: ByteSource,
  format: "csv" | "tsv",
  options: ReadOptions,
): Promise<FoundDialect> {
  const { sample, isWhole } = await sampleOf(source, options);
  const lineEnd = !sample.includes("\n") && sample.includes("\r") ? "\r" : "\n";
  const stated = /^"?sep=(.)"?[\r\n]/i.exec(sample)?.[1];
  const found = { lineEnd, firstLine: stated === undefined ? 1 : 2 } as const;
  const usual = format === "csv" ? "," : "\t";
  const given = options.delimiter ?? stated;
  const allowed = given === undefined ? [usual, ...delimiters.filter((one) => one !== usual)] : [given];
  const isThere = (delimiter: string): boolean => sample.includes(delimiter);
  const candidates = allowed.filter(isThere).flatMap((delimiter) => dialectsWith(delimiter, sample, options));
  const { parse } = await import("csv-parse/sync");

  /** The rows that are not blank; undefined if the sample does not follow the dialect. */
  const rowsIn = (dialect: Dialect, isRelaxed: boolean): string[][] | undefined => {
    const rows: string[][] = [];
    try {
      parse(sample, {
        ...parserOptions({ ...found, dialect }),
        skip_empty_lines: true,
        relax_quotes: isRelaxed,
        on_record: (record: string[]) => (rows.push(record), null),
      });
    } catch (error) {
      const isCut = error instanceof Error && "code" in error && error.code === "CSV_QUOTE_NOT_CLOSED" && !isWhole;
      if (!isCut) return undefined;
    }
    return rows.filter((cells) => cells.some((cell) => cell.trim() !== ""));
  };
  /** The share of the rows that are as wide as the first one; 0 if that has one cell. */
  const equalShare = (dialect: Dialect, isRelaxed: boolean): number => {
    const widths = widthsOf(rowsIn(dialect, isRelaxed) ?? []);
    return widths.filter((width) => width > 1 && width === widths[0]).length / Math.max(1, widths.length);
  };
  const fitting = candidates.filter((candidate) => equalShare(candidate, false) === 1);
  const isSure = new Set(fitting.map(({ delimiter }) => delimiter)).size <= 1;
  const dialect =
    (isSure ? undefined : fitting.find((candidate) => hasLabels(rowsIn(candidate, false) ?? []))) ??
    fitting[0] ??
    nearlyFitting(candidates, (candidate) => equalShare(candidate, true)) ??
    dialectsWith(allowed[0]!, sample, options)[0]!;
  return { ...found, dialect };
}

/** The first dialect that all rows follow, else most; of a few rows, one may be bad. */
function nearlyFitting(candidates: readonly Dialect[], equalShare: (dialect: Dialect) => number): Dialect | undefined {
  const shares = candidates.map(equalShare);
  const found = [1, 0.9, 0.5].map((share) => candidates[shares.findIndex((one) => one >= share)]);
  return found.find((candidate) => candidate !== undefined);
}

/** The widths of rows, without the empty cell after a trailing delimiter. */
function widthsOf(rows: readonly string[][]): number[] {
  const width = rows[0]?.length ?? 0;
  return rows.map((cells) => (cells.length === width + 1 && cells.at(-1) === "" ? width : cells.length));
}

/** Whether a column has labels: of delimiters that all give rows of equal width, that one is not part of the texts. */
function hasLabels([first = [], ...rows]: readonly string[][]): boolean {
  return first.some((name, index) => {
    const cells = rows.map((row) => row[index] ?? "");
    return looksLikeLabels({ ...columnValues(cells), cells, index, name });
  });
}

/** The likeliest dialect first. */
function dialectsWith(delimiter: string, sample: string, options: ReadOptions): Dialect[] {
  const quote = options.quote ?? (delimiter === "\t" && !hasQuotedCells(sample) ? "" : '"');
  if (quote === "") return [{ delimiter, quote, escape: "" }];
  if (options.escape !== undefined || options.skipSpaces !== undefined) {
    return [{ delimiter, quote, escape: options.escape ?? quote, ...(options.skipSpaces && { skipSpaces: true }) }];
  }
  const doubled = { delimiter, quote, escape: quote };
  const spaced = delimiter === "\t" ? [] : [{ ...doubled, skipSpaces: true }];
  return [doubled, ...spaced, { ...doubled, escape: "\\" }];
}

/** Whether the quotes between tabs are those of pandas and Excel: each one at the start of a cell ends a cell too, and they were needed. */
function hasQuotedCells(sample: string): boolean {
  const starts = sample.match(/(?<=^|[\t\r\n])"/g)?.length ?? 0;
  const cells = sample.match(/(?<=^|[\t\r\n])"(?:[^"]|"")*"(?=[\t\r\n]|$)/g) ?? [];
  const inside = cells.map((cell) => cell.slice(1, -1));
  const startsInside = inside.reduce((sum, cell) => sum + (cell.match(/[\t\r\n]"/g)?.length ?? 0), 0);
  if (cells.length === 0 || starts - startsInside !== cells.length) return false;
  return inside.some((cell) => /""|[\t\r\n]/.test(cell)) || inside.every((cell) => cell.includes(","));
}

/** The first rows; the last line is whole. */
async function sampleOf(source: ByteSource, { encoding }: ReadOptions): Promise<{ sample: string; isWhole: boolean }> {
  let sample = "";
  for await (const chunk of sampledText(source, encoding)) {
    sample += chunk;
    if (sample.length < sampleLength) continue;
    const end = Math.max(sample.lastIndexOf("\n", sampleLength), sample.lastIndexOf("\r", sampleLength)) + 1;
    return { sample: sample.slice(0, end || sampleLength), isWhole: false };
  }
  return { sample, isWhole: true };
}
