/**
 * @file How a corpus was read before its contents were looked at: by its name and its options. A checkpoint without `corpus.reading` was trained
 * on a corpus that was read like this, and reads it like this again. These rules stay as they are.
 */
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { UserError } from "../../common/errors.js";
import type { JsonObject } from "../../common/json.js";
import type { FormatName } from "../../common/names.js";
import { type ByteSource, fileSource, gunzipped, readingError } from "../sources/byteSource.js";
import { nameAt } from "../columns/givenColumns.js";
import type { Reading, RecordedColumns } from "../document.js";
import { extensionOf, formatOfBytes, isGzip, type ReadOptions, withoutGzip } from "../formats/index.js";
import { openTable, type Table } from "../formats/table.js";
import type { OpenOptions } from "../openOptions.js";
import { goodLines } from "../decoding/textDecoding.js";
import type { FolderRules } from "../sources/textFolder.js";

/** Options of a checkpoint, as it stores them, that have a different meaning now. */
export type FormerOptions = {
  /** latin1 was ISO 8859-1. */
  encoding?: string;
  /** Several names with "+" between them, unless a column has the whole name. */
  textColumn?: string;
};

/** The former options of a checkpoint without a record. @returns undefined for a checkpoint that was made after the former rules */
export function formerOptionsOf(stored: JsonObject): FormerOptions | undefined {
  const { encoding, "text-column": textColumn } = stored;
  if (encoding === "auto") return undefined;
  return {
    ...(typeof encoding === "string" && { encoding }),
    ...(typeof textColumn === "string" && { textColumn }),
  };
}

const extensions: { [Name in FormatName]?: readonly string[] } = {
  csv: ["csv"],
  tsv: ["tsv", "tab"],
  jsonl: ["jsonl", "ndjson"],
  idx: ["idx", "ubyte"],
  conllu: ["conllu", "conll-u"],
};
const textExtensions = new Set(["txt", "text", "md"]);
const textNames =
  "text sentence review content document comment message tweet body headline question description title".split(" ");
const labelNames = "label sentiment class category target polarity rating stars score".split(" ");
const rowsNames = "rows values sequence series matrix numbers features signal image".split(" ");

/** The bytes of a file, decompressed if its name says so, as UTF-8. */
export function formerSource(path: string, stored: ByteSource, { encoding }: FormerOptions): ByteSource {
  const source = isGzip(path) ? gunzipped(stored) : stored;
  return encoding === "latin1" ? latin1(source) : source;
}

const latin1 = ({ name, bytes }: ByteSource): ByteSource => ({
  name,
  bytes: async function* () {
    for await (const chunk of bytes()) yield Buffer.from(Buffer.from(chunk).toString("latin1"));
  },
});

/** The options that read a file as it was read. @param source of `formerSource` */
export async function formerFile(
  path: string,
  source: ByteSource,
  { former = {}, textColumn: _joined, ...options }: OpenOptions,
): Promise<OpenOptions & { format: FormatName }> {
  const format = options.format ?? (await formatOf(path, source));
  const given = { ...options, format, encoding: "utf-8", keepsEmpty: true } as const;
  if (format === "csv" || format === "tsv") return { ...given, ...(await tableReading(source, format, given, former)) };
  if (format === "jsonl") return { ...given, ...(await objectReading(source, given, former)) };
  return given;
}

async function formatOf(path: string, source: ByteSource): Promise<FormatName> {
  if (path === "-") return "text";
  const extension = extensionOf(path);
  const named = Object.entries(extensions).find(([, ofFormat]) => ofFormat.includes(extension));
  if (named) return named[0] as FormatName;
  if (/[-._]idx\d-[a-z]+$/i.test(withoutGzip(path))) return "idx";
  for await (const chunk of source.bytes()) return formatOfBytes(chunk) ?? "text";
  return "text";
}

type FormerReading = Pick<Reading, "delimiter" | "quote" | "escape" | "header" | "valueColumns"> & {
  columns: RecordedColumns;
};

async function tableReading(
  source: ByteSource,
  format: "csv" | "tsv",
  options: ReadOptions,
  { textColumn }: FormerOptions,
): Promise<FormerReading> {
  const dialect =
    format === "csv" ? { delimiter: ",", quote: '"', escape: '"' } : { delimiter: "\t", quote: "", escape: "" };
  const isHeader = (cells: readonly string[]): boolean =>
    options.window === undefined
      ? startsWithHeader(cells, textColumn, options.labelColumn)
      : cells.some((cell) => !Number.isFinite(Number(cell)));
  const table = await openTable(source, format, { ...options, ...dialect }, isHeader);
  const { columns: names, hasHeader } = table;
  const givenLabel = options.labelColumn === undefined ? undefined : find(names, options.labelColumn);
  const found = { ...dialect, header: hasHeader };
  if (options.window !== undefined) {
    const label = givenLabel ?? (hasHeader ? known(names, labelNames) : undefined);
    const values =
      options.valueColumns?.map((name) => find(names, name)) ??
      (await numberColumns(table, options.horizon ? undefined : label));
    return {
      ...found,
      valueColumns: values.map((column) => nameAt(names, column)),
      columns: recorded(names, [], label),
    };
  }
  const label = givenLabel ?? (hasHeader ? known(names, labelNames) : names.length - 1);
  const text = textsIn(names, textColumn) ?? [!hasHeader && label === 0 && names.length > 1 ? 1 : 0];
  return { ...found, columns: recorded(names, text, label) };
}

function startsWithHeader(
  cells: readonly string[],
  textColumn: string | undefined,
  labelColumn: string | undefined,
): boolean {
  const given = [...(textColumn?.split("+") ?? []), labelColumn].filter((name) => name !== undefined);
  const names = given.map(normal).filter((name) => name !== "" && !isNumber(name));
  if (cells.some((cell) => [...textNames, ...labelNames, ...names].includes(normal(cell)))) return true;
  return given.some((name) => !isNumber(name));
}

/** The columns that have numbers in the first row. @param without a column */
async function numberColumns({ rows }: Table, without: number | undefined): Promise<number[]> {
  for await (const { cells } of rows()) {
    if (cells.every((cell) => cell === "")) continue;
    return [...cells.keys()].filter((column) => {
      const cell = cells[column]!.trim();
      return column !== without && cell !== "" && Number.isFinite(Number(cell));
    });
  }
  return [];
}

async function objectReading(
  source: ByteSource,
  { valueColumns, labelColumn }: ReadOptions,
  { textColumn }: FormerOptions,
): Promise<Pick<FormerReading, "valueColumns" | "columns">> {
  const first = await firstObject(source);
  const names = Object.keys(first);
  const label = labelColumn === undefined ? known(names, labelNames) : find(names, labelColumn);
  const text = textsIn(names, textColumn);
  const rows = valueColumns ? find(names, valueColumns[0]!) : text ? undefined : known(names, rowsNames);
  if (rows !== undefined && (valueColumns || Array.isArray(first[names[rows]!])))
    return { valueColumns: [names[rows]!], columns: recorded(names, [], label) };
  return { columns: recorded(names, text ?? [], label) };
}

async function firstObject(source: ByteSource): Promise<Record<string, unknown>> {
  for await (const line of goodLines(source, "utf-8"))
    if (line.trim() !== "") return JSON.parse(line) as Record<string, unknown>;
  return {};
}

/** Undefined if no column is given or known. */
function textsIn(names: readonly string[], given: string | undefined): number[] | undefined {
  if (given !== undefined) {
    const whole = position(names, given);
    return whole === undefined ? given.split("+").map((name) => find(names, name)) : [whole];
  }
  const found = known(names, textNames);
  return found === undefined ? undefined : [found];
}

function known(names: readonly string[], wanted: readonly string[]): number | undefined {
  const normals = names.map(normal);
  const name = wanted.find((one) => normals.includes(one));
  return name === undefined ? undefined : normals.indexOf(name);
}

/** @throws UserError for a column that is not there */
function find(names: readonly string[], given: string): number {
  const found = position(names, given);
  if (found === undefined)
    throw new UserError(`no such column "${given}"; columns are: ${names.slice(0, 12).join(", ")}`);
  return found;
}

function position(names: readonly string[], given: string): number | undefined {
  const exact = names.indexOf(given);
  if (exact !== -1) return exact;
  const withoutCase = names.findIndex((name) => normal(name) === normal(given));
  if (withoutCase !== -1) return withoutCase;
  const number = Number(given);
  return isNumber(given) && number >= 1 && number <= names.length ? number - 1 : undefined;
}

const recorded = (names: readonly string[], text: readonly number[], label: number | undefined): RecordedColumns => ({
  ...(text.length > 0 && { textColumns: text.map((column) => nameAt(names, column)) }),
  ...(text.length > 1 && { textJoin: " " }),
  ...(label !== undefined && !text.includes(label) && { labelColumn: nameAt(names, label) }),
});

const isNumber = (name: string): boolean => /^\s*\d+\s*$/.test(name);
const normal = (name: string): string => name.trim().toLowerCase();

/** The text files of a folder and their labels, the first folders of their paths. Links and names without an extension are left out. */
export async function formerFolder(folder: string, former: FormerOptions): Promise<FolderRules & { paths: string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw readingError(error, folder);
  });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .filter((path) => textExtensions.has(extensionOf(path)) && !/(^|\/)(\.|readme\.)/i.test(path))
    .toSorted();
  const labels = paths.map((path) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : undefined));
  const labeled = labels.every((label) => label !== undefined) && new Set(labels).size > 1;
  return {
    paths,
    labels: labeled ? labels : null,
    bytesOf: (path) => formerSource(path, fileSource(path), former),
  };
}
