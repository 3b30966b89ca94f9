/** @file jsonl: objects such as {"text": …, "label": …}, one a line or in an array. */
import { UserError } from "../../common/errors.js";
import type { EncodingOption } from "../../common/names.js";
import type { ByteSource } from "../sources/byteSource.js";
import { hasTextColumn, labelColumnOf, rowsColumnOf } from "../columns/columnNames.js";
import { columnRecord, findColumns } from "../columns/columns.js";
import { isMissing } from "../columns/columnValues.js";
import { columnIndex, joinedText } from "../columns/givenColumns.js";
import { type Document, type RecordedColumns, type Rows, type SkippedRow } from "../document.js";
import { numberReader } from "../columns/numberColumns.js";
import { keyReader, splitColumns } from "../columns/splitKeys.js";
import { labelsInCell, labelSet, withLabelSetColumn } from "../labelSets.js";
import { matrixOf } from "../matrix.js";
import type { Content, Format, ReadOptions } from "./index.js";
import { firstObjects, type JsonValues, mappedLines, spreadObjects, storedObjects } from "./jsonObjects.js";
import { noBytes } from "./storedLines.js";

export const jsonl: Format = {
  describe: "JSON objects: one a line, or the elements of an array",
  extensions: ["jsonl", "ndjson", "json"],
  options: [
    "encoding",
    "textColumn",
    "labelColumn",
    "multilabel",
    "labelSeparator",
    "groupColumn",
    "timeColumn",
    "valueColumns",
  ],
  open,
};

/** The keys of the first objects are the columns. */
async function open(source: ByteSource, given: ReadOptions): Promise<Content> {
  const objects = await firstObjects(source, given);
  const names = objects.length > 0 ? [...new Set(objects.flatMap(Object.keys))] : ["text"];
  const options = withLabelSetColumn(given, names);
  const rows = rowsField(objects, names, options);
  if (rows !== undefined) return rowsContent(source, options, names, rows);
  const {
    textColumns: textNames = [],
    textJoin,
    labelColumn,
  } = options.columns ?? (await columnsIn(source, names, objects, options));
  const labelName = options.textsOnly ? undefined : labelColumn;
  const { kinds, keysOf } = await keyReaderFor(source, options, names);
  const label = labelName === undefined ? undefined : names.indexOf(labelName);
  const reader = numberReader(names, options.valueColumns, label);
  const rowOf = (values: JsonValues, line: number): Document | SkippedRow => {
    const text = joinedText(textsIn(values, textNames, options), textJoin);
    if (text.trim() === "" && !options.textsOnly && !options.keepsEmpty) throw new UserError("the text is empty");
    const keys = keysOf((column) => cellOf(values, names[column]!));
    const numbers = reader?.numbersOf((column) => numberCell(values, names[column]!));
    return withLabel({ text, line, ...keys, ...numbers }, values, labelName, options);
  };
  return {
    reading: {
      ...readingOf(options),
      textColumns: textNames,
      ...(textJoin && { textJoin }),
      ...(labelName !== undefined && { labelColumn: labelName }),
      ...(reader && { valueColumns: reader.columns }),
    },
    shape: "documents",
    labeled: labelName !== undefined,
    ...(reader && { numberColumns: reader.columns }),
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

/** A number as text; empty for a missing one. */
function numberCell(values: JsonValues, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return typeof value === "string" ? value : (value ?? null) === null ? "" : JSON.stringify(value);
}

async function columnsIn(
  source: ByteSource,
  names: readonly string[],
  objects: readonly JsonValues[],
  options: ReadOptions,
): Promise<RecordedColumns> {
  const cells = (values: JsonValues): string[] => names.map((name) => plainText(values, name));
  const sample = objects.map(cells);
  const spread = async (): Promise<string[][]> => (await spreadObjects(source, options)).map(cells);
  return columnRecord(await findColumns({ header: names, width: names.length, sample, spread }, options), names);
}

/** A value that a label can be, as text; empty for every other one. */
const plainText = (values: JsonValues, name: string): string =>
  Object.hasOwn(values, name) && typeof values[name] === "boolean" ? String(values[name]) : cellOf(values, name);

const readingOf = ({ encoding }: ReadOptions): { format: "jsonl"; encoding: EncodingOption } => ({
  format: "jsonl",
  encoding: encoding ?? "auto",
});

/** The index of the field with rows of numbers: the given one, else one with a known name; undefined for texts, which may have numbers beside them. */
function rowsField(
  objects: readonly JsonValues[],
  names: string[],
  { valueColumns, textColumn, columns }: ReadOptions,
): number | undefined {
  if (textColumn !== undefined || columns?.textColumns) return undefined;
  if (valueColumns) {
    const [index, ...more] = valueColumns.map((name) => columnIndex(names, name, "value-columns"));
    const values = objects.map((object) => object[names[index!]!] ?? null);
    const areRows = values.some(Array.isArray) || values.every((value) => value === null);
    return more.length === 0 && areRows ? index : undefined;
  }
  if (hasTextColumn(names)) return undefined;
  const index = rowsColumnOf(names);
  return index !== undefined && Array.isArray(objects[0]?.[names[index]!]) ? index : undefined;
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
        return withLabel({ text: "", rows: rowsIn(values, width), line, ...keys }, values, labelName, options);
      }),
  };
}

const half = /\p{Surrogate}/gu;

/** The first escape of half of a character, which no text has. */
function halfIn(value: string): string | undefined {
  if (value.isWellFormed()) return undefined;
  const at = value.search(half);
  return `half of a character, \\u${value.charCodeAt(at).toString(16)}, at character ${at + 1}`;
}

/** The text of each field; one of several fields may be missing or null. */
function textsIn(values: JsonValues, textNames: readonly string[], { keepsEmpty }: ReadOptions): string[] {
  return textNames.map((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (textNames.length > 1 && (value ?? null) === null) return "";
    if (Array.isArray(value))
      throw new UserError(
        `${name} is an array, not a string; if it has the records, make it the file, as with: jq .${name} FILE`,
      );
    if (typeof value !== "string")
      throw new UserError(`${name} is ${value === undefined ? "missing" : "not a string"}`);
    const fault = halfIn(value);
    if (fault !== undefined && !keepsEmpty) throw new UserError(`${name} has ${fault}`);
    return value.replaceAll("\r\n", "\n").replaceAll(half, "\uFFFD"); // of an earlier version
  });
}

const isLabel = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** The labels of an array, which may be empty, or of one value. @throws UserError for an element that is no label */
function labelsOf(value: unknown, name: string, options: ReadOptions): string[] {
  if (typeof value === "string") return labelsInCell(value, options);
  const labels: unknown[] = Array.isArray(value) ? value : [value];
  if (!labels.every(isLabel)) throw new UserError(`${name} has a label that is neither a string nor a number`);
  const names = labelSet(labels.map(String));
  const fault = names.map(halfIn).find((found) => found !== undefined);
  if (fault !== undefined) throw new UserError(`${name} has ${fault}`);
  return names;
}

/** The document with its label, if the corpus has labels. @throws UserError for a label that is an object or a list */
function withLabel(
  document: Document & { line: number },
  values: JsonValues,
  labelName: string | undefined,
  options: ReadOptions,
): Document | SkippedRow {
  const { keepsEmpty } = options;
  if (labelName === undefined) return document;
  const { line } = document;
  const label = Object.hasOwn(values, labelName) ? values[labelName] : undefined;
  if (label === undefined) return { skipped: "unlabeled", line, reason: `${labelName} is missing` };
  if (label === null) return { skipped: "unlabeled", line, reason: `${labelName} is null` };
  if (options.multilabel) return { ...document, labels: labelsOf(label, labelName, options) };
  if (Array.isArray(label))
    throw new UserError(`${labelName} is an array, not a label; add --multilabel if a text has several labels`);
  if (!isLabel(label)) throw new UserError(`${labelName} is not a label; expected a string or a number`);
  const name = String(label).trim();
  const fault = halfIn(name);
  if (fault !== undefined && !keepsEmpty) throw new UserError(`${labelName} has ${fault}`);
  if (keepsEmpty ? name !== "" : !isMissing(name)) return { ...document, label: name };
  return { skipped: "unlabeled", line, reason: name === "" ? "the label is empty" : `the label is ${name}` };
}
