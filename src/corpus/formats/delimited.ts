/** @file csv and tsv: each row of a table is a document, or each window of its rows. */
import { UsageError, UserError } from "../../common/errors.js";
import { itemsOf } from "../blocks.js";
import type { ByteSource } from "../sources/byteSource.js";
import { columnRecord, type Columns, findColumns, recordedColumns } from "../columns/columns.js";
import { clearColumns, enoughRows, isMissing, type Rows } from "../columns/columnValues.js";
import { type Document, isSkipped, type Reading, type SkippedRow } from "../document.js";
import { labelsInCell, withLabelSetColumn } from "../labelSets.js";
import { joinedText, namesGiven } from "../columns/givenColumns.js";
import { isHeaderRow } from "../columns/headerRow.js";
import { numberReader, type NumberReader } from "../columns/numberColumns.js";
import { keyReader, type KeyReader, splitColumns } from "../columns/splitKeys.js";
import type { Content, Format, ReadOptions } from "./index.js";
import { openSeries } from "./series.js";
import type { TableRow } from "./storedRows.js";
import { isBlankRow, openTable, type Table } from "./table.js";

const delimited = (format: "csv" | "tsv", description: Pick<Format, "describe" | "extensions">): Format => ({
  ...description,
  options: [
    "encoding",
    "textColumn",
    "labelColumn",
    "multilabel",
    "labelSeparator",
    "groupColumn",
    "timeColumn",
    "header",
    "delimiter",
    "quote",
    "valueColumns",
    "window",
    "horizon",
  ],
  open: (source, options) => (options.window === undefined ? openTexts : openNumbers)(source, format, options),
});

/** Cells between commas or another delimiter that the first rows show. */
export const csv = delimited("csv", { describe: "a table, cells between commas", extensions: ["csv"] });

/** Cells between tabs; a quote is an ordinary character, unless the first rows are quoted as pandas and Excel do it. */
export const tsv = delimited("tsv", { describe: "a table, cells between tabs", extensions: ["tsv", "tab"] });

/** The first row is a header if one of its cells is a known or given name; `options.header` overrides this. */
async function openTexts(source: ByteSource, format: "csv" | "tsv", given: ReadOptions): Promise<Content> {
  const table = await openTable(source, format, given, (first, rest) => startsWithHeader(first, rest, given));
  const options = withLabelSetColumn(given, table.hasHeader ? table.columns : undefined);
  const width = table.columns.length;
  const columns =
    width === 0
      ? { text: [0], label: undefined }
      : options.columns
        ? recordedColumns(table.columns, options.columns, options)
        : await findColumns({ ...table, width, header: table.hasHeader ? table.columns : undefined }, options);
  const names = width === 0 ? ["1"] : table.columns;
  const { kinds, keysOf } = await keyReader(names, splitColumns(names, options), (column) => cellsOf(table, column));
  const reader = numberReader(names, options.valueColumns, columns.label);
  const rowOf = (row: TableRow): Document | SkippedRow => {
    const document = documentOf(row, columns, table, options);
    return reader ? withCells(document, row, reader.numbersOf) : document;
  };
  const readBlocks = async function* (): AsyncGenerator<(Document | SkippedRow)[]> {
    for await (const block of table.rowBlocks()) {
      yield block.map((row) => withCells(rowOf(row), row, keysOf));
    }
  };
  return {
    reading: {
      ...readingOf(table, format),
      ...columnRecord(columns, names),
      ...(reader && { valueColumns: reader.columns }),
    },
    shape: "documents",
    labeled: columns.label !== undefined,
    ...(reader && { numberColumns: reader.columns }),
    ...kinds,
    read: () => itemsOf(readBlocks()),
    readBlocks,
    table: {
      columns: names,
      header: table.header,
      dialect: table.dialect,
      rows: async function* () {
        for await (const row of table.rows()) yield { ...row, row: rowOf(row) };
      },
    },
  };
}

/** The document with what another reader finds in the cells of its row; a bad row if that fails. */
function withCells(
  document: Document | SkippedRow,
  { cells, line }: TableRow,
  found: KeyReader["keysOf"] | NumberReader["numbersOf"],
): Document | SkippedRow {
  if (isSkipped(document)) return document;
  try {
    return { ...document, ...found((column) => cells[column] ?? "") };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { skipped: "bad", line, reason: error.message };
  }
}

async function* cellsOf({ rows }: Table, column: number): AsyncGenerator<string> {
  for await (const { cells } of rows()) yield cells[column] ?? "";
}

const readingOf = ({ columns, dialect, hasHeader, encoding }: Table, format: "csv" | "tsv"): Reading => ({
  format,
  encoding,
  ...dialect,
  header: hasHeader,
  ...(!hasHeader && { width: columns.length }),
});

/** The first row is a header if one of its cells is not a number. */
async function openNumbers(source: ByteSource, format: "csv" | "tsv", options: ReadOptions): Promise<Content> {
  if (options.groupColumn !== undefined || options.timeColumn !== undefined) {
    const name = options.groupColumn === undefined ? "time" : "group";
    throw new UsageError(
      `--${name}-column has no effect with --window, whose windows are split in their order; remove it`,
    );
  }
  const table = await openTable(source, format, options, (cells) =>
    cells.some((cell) => !Number.isFinite(Number(cell))),
  );
  const content = await openSeries(table, options);
  return { ...content, reading: { ...readingOf(table, format), ...content.reading } };
}

/** A given name implies a header. @throws UserError if nothing tells it, or if the rows are too few to tell the columns without names */
function startsWithHeader(first: readonly string[], rest: Rows, options: ReadOptions): boolean {
  const { names, areNumbers } = namesGiven(options);
  const found = isHeaderRow(first, rest, names);
  if (found === true || names.length > 0) return true;
  const isKnown = first.length === 1 || rest.length + 1 >= enoughRows || clearColumns([first, ...rest]) !== undefined;
  if (areNumbers || (found === false && isKnown)) return false;
  throw new UserError(
    `the first row (${first.map((cell) => cell.slice(0, 20)).join(", ")}) has no known text column; ` +
      "name one with --text-column, or add --no-header if the row is data",
  );
}

/** Without labels an empty text is a document too, because each row in gives one answer. */
function documentOf(
  { cells, line, stored: { damage } }: TableRow,
  { text: textColumns, textJoin, label: labelColumn }: Columns,
  { columns }: Table,
  options: ReadOptions,
): Document | SkippedRow {
  const { textsOnly, keepsEmpty } = options;
  if (keepsEmpty ? isEmptyLine(cells) : isBlankRow({ cells }) && (cells.length <= 1 || !textsOnly))
    return { skipped: "blank", line, reason: "the row is empty" };
  if (cells.length !== columns.length) {
    const found = `${cells.length} ${cells.length === 1 ? "column" : "columns"}`;
    const reason = `${found}, not as many columns as in the first row (${columns.length}); put a cell that contains the delimiter in quotes`;
    return { skipped: "bad", line, reason };
  }
  const text = joinedText(
    textColumns.map((column) => cells[column] ?? ""),
    textJoin,
  );
  if (damage !== undefined && /[\0\uFFFD]/.test(`${text}${labelColumn === undefined ? "" : cells[labelColumn]}`))
    return { skipped: "bad", line, reason: damage }; // in a column that is read
  if (text.trim() === "" && !textsOnly && !keepsEmpty) return { skipped: "bad", line, reason: "the text is empty" };
  if (labelColumn === undefined) return { text, line };
  const label = cells[labelColumn]?.trim() ?? "";
  if (options.multilabel && (label === "" || !isMissing(label)))
    return { text, labels: labelsInCell(label, options), line };
  if (keepsEmpty ? label !== "" : !isMissing(label)) return { text, label, line };
  return { skipped: "unlabeled", line, reason: label === "" ? "the label is empty" : `the label is ${label}` };
}

const isEmptyLine = (cells: readonly string[]): boolean => cells.length <= 1 && (cells[0] ?? "") === "";
