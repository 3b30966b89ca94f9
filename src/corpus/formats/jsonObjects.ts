/** @file The objects of a JSON file, for the format jsonl. */
import { messageOf, UserError } from "../../common/errors.js";
import type { EncodingOption } from "../../common/names.js";
import type { ByteSource } from "../sources/byteSource.js";
import { badRow, type Document, type SkippedRow } from "../document.js";
import { decodingFault } from "../decoding/encodings.js";
import { arrayElements, beginsWithArray, readJsonLines } from "../jsonLines.js";
import { isEnough, sampledRows, SpreadSample } from "../columns/spreadSample.js";
import type { ReadOptions, StoredDocument } from "./index.js";
import { type Stored, storedLines } from "./storedLines.js";

export type JsonValues = Record<string, unknown>;

/** @throws UserError for the first line, if no line has an object */
export async function firstObjects(source: ByteSource, options: ReadOptions): Promise<JsonValues[]> {
  const objects: JsonValues[] = [];
  let bad: SkippedRow | undefined;
  let length = 0;
  for await (const row of mappedLines(source, options, (values) => ({ values }))) {
    if ("values" in row) {
      objects.push(row.values);
      length += JSON.stringify(row.values).length;
    } else if (row.skipped === "bad") bad ??= row;
    if (isEnough(objects.length, length)) break;
  }
  if (objects.length === 0 && bad) throw badRow(source.name, bad);
  return objects;
}

export async function spreadObjects(source: ByteSource, options: ReadOptions): Promise<JsonValues[]> {
  const spread = new SpreadSample<JsonValues>(sampledRows);
  for await (const row of mappedLines(source, options, (values) => ({ values })))
    if ("values" in row) spread.add(row.values);
  return spread.items;
}

/** The result for the object of each line; an error of `map` makes a bad row. */
export async function* mappedLines<Result>(
  source: ByteSource,
  { encoding }: ReadOptions,
  map: (values: JsonValues, line: number) => Result,
): AsyncGenerator<Result | SkippedRow> {
  let number = 0;
  for await (const text of readJsonLines(source, encoding)) {
    const line = ++number;
    if (typeof text !== "string") yield text;
    else if (text.trim() === "") yield { skipped: "blank", line, reason: "the line is empty" };
    else yield mappedLine(text, line, map);
  }
}

/** The objects with their bytes; those of an array get a line end. */
export async function* storedObjects(
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
  for await (const element of arrayElements(source, encoding)) {
    const text = element.trim();
    const damage = decodingFault(text);
    const bytes = Buffer.from(text === "" ? "" : `${text}\n`);
    yield { bytes, encoding: "utf-8", ...(damage !== undefined && { damage }) };
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
  const fault = decodingFault(line);
  if (fault !== undefined) throw new UserError(fault);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UserError('not JSON; expected one object a line, such as {"text": "…", "label": "…"}');
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new UserError('expected an object such as {"text": "…", "label": "…"}');
}
