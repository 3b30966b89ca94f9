/** @file csv and tsv: tables of rows and cells, parsed by csv-parse as a stream. */
import { pipeline, Readable } from "node:stream";
import type { CsvErrorCode, Options } from "csv-parse";
import { UserError } from "../../common/errors.js";
import type { ByteSource } from "../byteSource.js";
import { columnNumbers, type Columns, givesNumbers, isHeader, namedColumns, numberedColumns } from "../columns.js";
import type { Document } from "../document.js";
import { decodedText } from "../textDecoding.js";
import type { Content, Format, ReadOptions } from "./index.js";
import { openSeries, type TableRow } from "./series.js";

const delimited = (description: Pick<Format, "describe" | "extensions">, dialect: Options): Format => ({
  ...description,
  options: ["encoding", "textColumn", "labelColumn", "header", "valueColumns", "window", "horizon"],
  open: (source, options) => (options.window === undefined ? openTexts : openTable)(source, dialect, options),
});

/** Cells between commas, in double quotes where needed (RFC 4180). */
export const csv = delimited({ describe: "a table, cells between commas", extensions: ["csv"] }, { delimiter: "," });

/** Cells between tabs; a quote is an ordinary character. */
export const tsv = delimited(
  { describe: "a table, cells between tabs", extensions: ["tsv", "tab"] },
  { delimiter: "\t", quote: null, escape: null },
);

/** The first row is a header if one of its cells is a known or given name; `options.header` overrides this. */
async function openTexts(source: ByteSource, dialect: Options, options: ReadOptions): Promise<Content> {
  const first = await firstRow(rowsOf(source, dialect, options));
  const hasHeader = first !== undefined && startsWithHeader(first.cells, options);
  const columns = !first
    ? { text: [0], label: undefined }
    : hasHeader
      ? namedColumns(first.cells, options)
      : numberedColumns(first.cells.length, options);
  return {
    shape: "documents",
    labeled: columns.label !== undefined,
    read: async function* () {
      let isFirst = true;
      for await (const row of rowsOf(source, dialect, options)) {
        if (!isFirst || !hasHeader) yield documentOf(row, columns, source.name);
        isFirst = false;
      }
    },
  };
}

/** The first row is a header if one of its cells is not a number. */
async function openTable(source: ByteSource, dialect: Options, options: ReadOptions): Promise<Content> {
  const { cells } = (await firstRow(rowsOf(source, dialect, options))) ?? { cells: [] };
  const hasHeader = options.header ?? cells.some((cell) => !Number.isFinite(Number(cell)));
  const rows = async function* (): AsyncGenerator<TableRow> {
    let isFirst = true;
    for await (const row of rowsOf(source, dialect, options)) {
      if (!isFirst || !hasHeader) yield row;
      isFirst = false;
    }
  };
  const columns = hasHeader ? cells : columnNumbers(cells.length);
  return openSeries({ name: source.name, columns, hasHeader, rows }, options);
}

function startsWithHeader(cells: string[], options: ReadOptions): boolean {
  if (options.header !== undefined) return options.header;
  if (isHeader(cells, options)) return true;
  if (givesNumbers(options)) return false;
  if ((options.textColumn ?? options.labelColumn) !== undefined) return true; // a given name implies a header
  throw new UserError(
    `the first row (${cells.map((cell) => cell.slice(0, 20)).join(", ")}) has no known text column; ` +
      "name one with --text-column, or add --no-header if the row is data",
  );
}

function documentOf({ cells, line }: TableRow, { text, label: labelColumn }: Columns, name: string): Document {
  const joined = text.map((column) => cells[column] ?? "").join(" ");
  if (labelColumn === undefined) return { text: joined };
  const label = cells[labelColumn]?.trim() ?? "";
  if (label === "") throw new UserError(`${name}:${line}: the label is empty`);
  return { text: joined, label };
}

async function firstRow(rows: AsyncIterable<TableRow>): Promise<TableRow | undefined> {
  for await (const row of rows) return row;
  return undefined;
}

/** @throws UserError for a row that does not follow the dialect, with the line where it begins */
async function* rowsOf(source: ByteSource, dialect: Options, { encoding }: ReadOptions): AsyncGenerator<TableRow> {
  const { CsvError, parse } = await import("csv-parse");
  let parsedLines = 0; // up to the end of the last good row; rows are parsed ahead of the loop below
  const parser = parse({
    ...dialect,
    record_delimiter: "\n",
    skip_empty_lines: true,
    info: true,
    on_record: (record: string[], { lines }) => {
      parsedLines = lines;
      return record;
    },
  });
  pipeline(Readable.from(decodedText(source, encoding)), parser, () => {}); // an error reaches the loop below too
  let lastLine = 0; // of the last row
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { cells: record, line: lastLine + 1 };
      lastLine = info.lines;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError(`${source.name}:${parsedLines + 1}: ${problems[error.code] ?? error.message}`);
  }
}

const problems: Partial<Record<CsvErrorCode, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH:
    "not as many columns as in the first row; put a cell that contains the delimiter in quotes",
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed",
  CSV_INVALID_CLOSING_QUOTE: "a closing quote within a cell; double the quotes in it",
  INVALID_OPENING_QUOTE: "a quote within a cell; put the cell in quotes and double the quotes in it",
};
