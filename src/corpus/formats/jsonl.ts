/** @file jsonl: objects such as {"text": …, "label": …}, one a line or in an array. */
import { messageOf, UserError } from "../../common/errors.js";
import type { EncodingOption } from "../../common/names.js";
import type { ByteSource } from "../byteSource.js";
import { columnIndex, hasTextColumn, joinedText, labelColumnOf, namedColumns, rowsColumnOf } from "../columns.js";
import { badRow, type Document, type RecordedColumns, type Rows, type SkippedRow } from "../document.js";
import { keyReader, splitColumns } from "../splitKeys.js";
import { matrixOf } from "../matrix.js";
import { beginsWithArray, readJsonLines } from "../jsonLines.js";
import type { Content, Format, ReadOptions, StoredDocument } from "./index.js";
import { noBytes, type Stored, storedLines } from "./storedLines.js";

export const jsonl: Format = {
  describe: "JSON objects: one a line, or the elements of an array",
  extensions: ["jsonl", "ndjson", "json"],
  options: ["encoding", "textColumn", "labelColumn", "groupColumn", "timeColumn", "valueColumns"],
  open,
};

type JsonValues = Record<string, unknown>;

/** The keys of the first object are the columns. */
async function open(source: ByteSource, options: ReadOptions): Promise<Content> {
  const first = await firstObject(source, options);
  const names = Object.keys(first ?? { text: "" });
  const rows = rowsField(first, names, options);
  if (rows !== undefined) return rowsContent(source, options, names, rows);
  const { textColumns: textNames = [], textJoin, labelColumn } = options.columns ?? columnsIn(names, options);
  const labelName = options.textsOnly ? undefined : labelColumn;
  const { kinds, keysOf } = await keyReaderFor(source, options, names);
  const rowOf = (values: JsonValues, line: number): Document | SkippedRow => {
    const text = joinedText(textsIn(values, textNames), textJoin);
    if (text.trim() === "" && !options.textsOnly && !options.keepsEmpty) throw new UserError("the text is empty");
    return withLabel({ text, line, ...keysOf((column) => cellOf(values, names[column]!)) }, values, labelName);
  };
  return {
    reading: {
      ...readingOf(options),
      textColumns: textNames,
      ...(textJoin && { textJoin }),
      ...(labelName !== undefined && { labelColumn: labelName }),
    },
    shape: "documents",
    labeled: labelName !== undefined,
    ...kinds,
    read: () => mappedLines(source, options, rowOf),
    table: { columns: names, header: noBytes, rows: () => storedObjects(source, options, rowOf) },
  };
}

const keyReaderFor = (source: ByteSource, options: ReadOptions, names: string[]) =>
  keyReader(names, splitColumns(names, options), async function* (column) {
    for await (const found of mappedLines(source, options, (values) => ({ cell: cellOf(values, names[column]!) }))) {
      if ("cell" in found) yield found.cell;
    }
  });

/** A string or a number as text; empty for a missing value. */
function cellOf(values: JsonValues, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function columnsIn(names: readonly string[], options: ReadOptions): RecordedColumns {
  const columns = namedColumns(names, options);
  return {
    textColumns: columns.text.map((column) => names[column]!),
    ...(columns.textJoin && { textJoin: columns.textJoin }),
    ...(columns.label !== undefined && { labelColumn: names[columns.label]! }),
  };
}

const readingOf = ({ encoding }: ReadOptions): { format: "jsonl"; encoding: EncodingOption } => ({
  format: "jsonl",
  encoding: encoding ?? "auto",
});

/** The index of the field with rows of numbers: the given one, else one with a known name if no option asks for texts. */
function rowsField(
  first: JsonValues | undefined,
  names: string[],
  { valueColumns, textColumn, columns }: ReadOptions,
): number | undefined {
  if (valueColumns?.length === 1) return columnIndex(names, valueColumns[0]!, "value-columns");
  if (valueColumns)
    throw new UserError(`--value-columns has ${valueColumns.length} fields; the rows of a jsonl file are in one`);
  if (textColumn !== undefined || columns?.textColumns || hasTextColumn(names)) return undefined;
  const index = rowsColumnOf(names);
  return index !== undefined && Array.isArray(first?.[names[index]!]) ? index : undefined;
}

function labelIn(names: readonly string[], { labelColumn }: ReadOptions): string | undefined {
  const index = labelColumn === undefined ? labelColumnOf(names) : columnIndex(names, labelColumn, "label-column");
  return index === undefined ? undefined : names[index];
}

async function rowsContent(source: ByteSource, options: ReadOptions, names: string[], rows: number): Promise<Content> {
  const name = names[rows]!;
  const rowsIn = (values: JsonValues, width?: number): Rows => {
    try {
      return matrixOf(Object.hasOwn(values, name) ? values[name] : undefined, width);
    } catch (error) {
      throw error instanceof UserError ? new UserError(`${name}: ${error.message}`) : error;
    }
  };
  let width: number | undefined;
  for await (const found of mappedLines(source, options, (values) => ({ width: rowsIn(values).width }))) {
    if (!("width" in found)) continue;
    width = found.width;
    break;
  }
  const labelName = options.textsOnly
    ? undefined
    : options.columns
      ? options.columns.labelColumn
      : labelIn(names, options);
  const { kinds, keysOf } = await keyReaderFor(source, options, names);
  return {
    reading: {
      ...readingOf(options),
      valueColumns: [name],
      ...(labelName !== undefined && { labelColumn: labelName }),
    },
    shape: "documents",
    labeled: labelName !== undefined,
    rows: { width: width ?? 1 },
    ...kinds,
    read: () =>
      mappedLines(source, options, (values, line) => {
        const keys = keysOf((column) => cellOf(values, names[column]!));
        return withLabel({ text: "", rows: rowsIn(values, width), line, ...keys }, values, labelName);
      }),
  };
}

/** The text of each field; one of several fields may be missing or null. */
function textsIn(values: JsonValues, textNames: readonly string[]): string[] {
  return textNames.map((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (textNames.length > 1 && (value ?? null) === null) return "";
    if (typeof value !== "string")
      throw new UserError(`${name} is ${value === undefined ? "missing" : "not a string"}`);
    return value.replaceAll("\r\n", "\n").replaceAll(/\p{Surrogate}/gu, "\uFFFD"); // unpaired surrogates come from escapes
  });
}

/** The document with its label, if the corpus has labels. @throws UserError for a label that is an object or a list */
function withLabel(
  document: Document & { line: number },
  values: JsonValues,
  labelName: string | undefined,
): Document | SkippedRow {
  if (labelName === undefined) return document;
  const { line } = document;
  const label = Object.hasOwn(values, labelName) ? values[labelName] : undefined;
  if (label === undefined) return { skipped: "unlabeled", line, reason: `${labelName} is missing` };
  if (label === null) return { skipped: "unlabeled", line, reason: `${labelName} is null` };
  if (typeof label !== "string" && typeof label !== "number" && typeof label !== "boolean")
    throw new UserError(`${labelName} is not a label; expected a string or a number`);
  const name = String(label).trim();
  return name === "" ? { skipped: "unlabeled", line, reason: "the label is empty" } : { ...document, label: name };
}

/** @throws UserError for the first line, if no line has an object */
async function firstObject(source: ByteSource, options: ReadOptions): Promise<JsonValues | undefined> {
  let bad: SkippedRow | undefined;
  for await (const row of mappedLines(source, options, (values) => ({ values }))) {
    if ("values" in row) return row.values;
    if (row.skipped === "bad") bad ??= row;
  }
  if (bad) throw badRow(source.name, bad);
  return undefined;
}

/** The result for the object of each line; an error of `map` makes a bad row. */
async function* mappedLines<Result>(
  source: ByteSource,
  { encoding }: ReadOptions,
  map: (values: JsonValues, line: number) => Result,
): AsyncGenerator<Result | SkippedRow> {
  let number = 0;
  for await (const text of readJsonLines(source, encoding)) {
    const line = ++number;
    yield text.trim() === "" ? { skipped: "blank", line, reason: "the line is empty" } : mappedLine(text, line, map);
  }
}

/** The objects with their bytes; those of an array get a line end. */
async function* storedObjects(
  source: ByteSource,
  { encoding }: ReadOptions,
  rowOf: (values: JsonValues, line: number) => Document | SkippedRow,
): AsyncGenerator<StoredDocument> {
  let line = 0;
  const isArray = await beginsWithArray(source, encoding);
  for await (const stored of isArray ? storedElements(source, encoding) : storedLines(source, encoding)) {
    line++;
    const text = stored.bytes.toString().replace(/^\uFEFF/, "");
    if (stored.damage !== undefined) yield { row: { skipped: "bad", line, reason: stored.damage }, stored };
    else if (text.trim() !== "") yield { ...objectIn(text, line, rowOf), stored };
    else if (!isArray) yield { row: { skipped: "blank", line, reason: "the line is empty" }, stored };
  }
}

function objectIn(
  text: string,
  line: number,
  rowOf: (values: JsonValues, line: number) => Document | SkippedRow,
): Pick<StoredDocument, "row" | "values"> {
  let object: JsonValues | undefined;
  const row = mappedLine(text, line, (values) => rowOf((object = values), line));
  return { row, ...(object !== undefined && { values: object }) };
}

async function* storedElements(source: ByteSource, encoding?: EncodingOption): AsyncGenerator<Stored> {
  for await (const element of readJsonLines(source, encoding)) {
    const text = element.trim();
    yield { bytes: Buffer.from(text === "" ? "" : `${text}\n`), encoding: "utf-8" };
  }
}

function mappedLine<Result>(
  text: string,
  line: number,
  map: (values: JsonValues, line: number) => Result,
): Result | SkippedRow {
  try {
    return map(parsed(text), line);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { skipped: "bad", line, reason: messageOf(error) };
  }
}

function parsed(line: string): JsonValues {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UserError('not JSON; expected one object a line, such as {"text": "…", "label": "…"}');
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new UserError('expected an object such as {"text": "…", "label": "…"}');
}
