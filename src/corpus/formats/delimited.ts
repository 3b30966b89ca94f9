/** @file Tables of rows and cells, read by csv-parse as they stream by. */
import { pipeline, Readable } from "node:stream";
import type { CsvErrorCode, Options } from "csv-parse";
import { UserError } from "../../common/errors.js";
import { asksByNumber, type Columns, namedColumns, namesColumns, numberedColumns, numbers } from "../columns.js";
import { decoded } from "../textDecoding.js";
import type { Document } from "../document.js";
import type { Content, Format, ReadOptions } from "./format.js";
import type { Source } from "../byteSource.js";
import { openSeries, type TableRow } from "./series.js";

/**
 * A format of delimited cells. The first row names the columns where it has a name that is known or asked for;
 * `header` says otherwise.
 */
export const delimited = (description: Pick<Format, "describe" | "extensions">, dialect: Options): Format => ({
  ...description,
  takes: ["encoding", "textColumn", "labelColumn", "header", "valueColumns", "window", "horizon"],
  open: (source, options) => (options.window === undefined ? open : openAsSeries)(source, dialect, options),
});

async function open(source: Source, dialect: Options, options: ReadOptions): Promise<Content> {
  const first = await firstRow(rowsOf(source, dialect, options));
  const hasHeader = first !== undefined && startsWithHeader(first.cells, options, source.name);
  const columns = !first
    ? { text: [0], label: undefined }
    : hasHeader
      ? namedColumns(first.cells, options, source.name)
      : numberedColumns(first.cells.length, options, source.name);
  return {
    shape: "documents",
    labelled: columns.label !== undefined,
    read: async function* () {
      let isFirst = true;
      for await (const row of rowsOf(source, dialect, options)) {
        if (!isFirst || !hasHeader) yield documentOf(row, columns, source.name);
        isFirst = false;
      }
    },
  };
}

/** The first row names the columns where it has a cell that is no number. */
async function openAsSeries(source: Source, dialect: Options, options: ReadOptions): Promise<Content> {
  const { cells } = (await firstRow(rowsOf(source, dialect, options))) ?? { cells: [] };
  const hasHeader = options.header ?? cells.some((cell) => !Number.isFinite(Number(cell)));
  const rows = async function* (): AsyncGenerator<TableRow> {
    let isFirst = true;
    for await (const row of rowsOf(source, dialect, options)) {
      if (!isFirst || !hasHeader) yield row;
      isFirst = false;
    }
  };
  const columns = hasHeader ? cells : numbers(cells.length);
  return openSeries({ name: source.name, columns, hasHeader, rows }, options);
}

function startsWithHeader(cells: string[], options: ReadOptions, name: string): boolean {
  if (options.header !== undefined) return options.header;
  if (namesColumns(cells, options)) return true;
  if (asksByNumber(options)) return false;
  if ((options.textColumn ?? options.labelColumn) !== undefined) return true; // whoever asks for a name says that there are names
  throw new UserError(
    `${name}: its first row (${cells.map((cell) => cell.slice(0, 20)).join(", ")}) names no column that is known to hold text: ` +
      "name one with --text-column, or say --no-header if that row is data",
  );
}

function documentOf({ cells, line }: TableRow, { text, label: column }: Columns, name: string): Document {
  const joined = text.map((place) => cells[place] ?? "").join(" ");
  if (column === undefined) return { text: joined };
  const label = cells[column]?.trim() ?? "";
  if (label === "") throw new UserError(`${name}:${line}: the label is empty`);
  return { text: joined, label };
}

async function firstRow(rows: AsyncIterable<TableRow>): Promise<TableRow | undefined> {
  for await (const row of rows) return row;
  return undefined;
}

/** @throws UserError for a row that is not of the dialect, with the line on which it begins */
async function* rowsOf(source: Source, dialect: Options, { encoding }: ReadOptions): AsyncGenerator<TableRow> {
  const { CsvError, parse } = await import("csv-parse");
  let parsed = 0; // the line on which the last good row ended; rows are parsed ahead of the loop below
  const parser = parse({
    ...dialect,
    record_delimiter: "\n",
    skip_empty_lines: true,
    info: true,
    on_record: (record: string[], { lines }) => {
      parsed = lines;
      return record;
    },
  });
  pipeline(Readable.from(decoded(source, encoding)), parser, () => {}); // an error reaches the loop below too
  let end = 0; // the line on which the last row ended
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { cells: record, line: end + 1 };
      end = info.lines;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError(`${source.name}:${parsed + 1}: ${problems[error.code] ?? error.message}`);
  }
}

const problems: Partial<Record<CsvErrorCode, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH:
    "not as many columns as in the first row; a cell that holds the delimiter must stand in quotes",
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed",
  CSV_INVALID_CLOSING_QUOTE: "a closing quote within a cell: double the quotes in it",
  INVALID_OPENING_QUOTE: "a quote within a cell: put the cell in quotes and double the quotes in it",
};
