/** @file jsonl: an object a line, as in {"text": …, "label": …}. */
import { UserError } from "../../common/errors.js";
import { askedColumn, hasKnownText, knownLabel, knownRows, namedColumns } from "../columns.js";
import { readLines } from "../textDecoding.js";
import type { Document, Rows } from "../document.js";
import type { Content, Format, ReadOptions } from "./format.js";
import { matrixOf } from "../matrix.js";
import type { Source } from "../byteSource.js";

export const jsonl: Format = {
  describe: "a JSON object a line",
  extensions: ["jsonl", "ndjson"],
  takes: ["encoding", "textColumn", "labelColumn", "valueColumns"],
  open,
};

type Entry = { values: Record<string, unknown>; place: string };

/** The first object's keys are the columns. */
async function open(source: Source, options: ReadOptions): Promise<Content> {
  const first = await firstOf(entriesOf(source, options));
  const names = Object.keys(first?.values ?? { text: "" });
  const rows = rowsColumn(first, names, options, source.name);
  if (first && rows !== undefined) return rowsContent(source, options, { first, names, rows });
  const columns = namedColumns(names, options, source.name);
  const textNames = columns.text.map((column) => names[column]!);
  const labelName = columns.label === undefined ? undefined : names[columns.label];
  return {
    shape: "documents",
    labelled: labelName !== undefined,
    read: async function* () {
      for await (const entry of entriesOf(source, options)) yield documentOf(entry, textNames, labelName);
    },
  };
}

/** The field with rows of numbers: the one asked for, else one of a known name where nothing says that texts are to be read. */
function rowsColumn(
  first: Entry | undefined,
  names: string[],
  { valueColumns, textColumn }: ReadOptions,
  where: string,
): number | undefined {
  if (valueColumns?.length === 1) return askedColumn(names, valueColumns[0]!, "value", where);
  if (valueColumns)
    throw new UserError(`${where}: --value-columns names ${valueColumns.length} fields: rows are in one`);
  if (textColumn !== undefined || hasKnownText(names)) return undefined;
  const place = knownRows(names);
  return place !== undefined && Array.isArray(first?.values[names[place]!]) ? place : undefined;
}

function rowsContent(
  source: Source,
  options: ReadOptions,
  { first, names, rows }: { first: Entry; names: string[]; rows: number },
): Content {
  const name = names[rows]!;
  const rowsIn = ({ values, place }: Entry, width?: number): Rows =>
    matrixOf(Object.hasOwn(values, name) ? values[name] : undefined, width, `${place}: ${name}`);
  const { width } = rowsIn(first);
  const place = options.textsOnly
    ? undefined
    : options.labelColumn === undefined
      ? knownLabel(names)
      : askedColumn(names, options.labelColumn, "label", source.name);
  const labelName = place === undefined ? undefined : names[place];
  return {
    shape: "documents",
    labelled: labelName !== undefined,
    rows: { width },
    read: async function* () {
      for await (const entry of entriesOf(source, options)) {
        const label = labelName === undefined ? {} : { label: labelOf(entry, labelName) };
        yield { text: "", rows: rowsIn(entry, width), ...label };
      }
    },
  };
}

function documentOf({ values, place }: Entry, textNames: string[], labelName: string | undefined): Document {
  const texts = textNames.map((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value !== "string")
      throw new UserError(`${place}: ${name} is ${value === undefined ? "missing" : "no text"}`);
    return value.replaceAll("\r\n", "\n").replaceAll(/\p{Surrogate}/gu, "\uFFFD"); // halves of pairs, which only an escape can make
  });
  const text = texts.join(" ");
  return labelName === undefined ? { text } : { text, label: labelOf({ values, place }, labelName) };
}

function labelOf({ values, place }: Entry, labelName: string): string {
  const label = Object.hasOwn(values, labelName) ? values[labelName] : undefined;
  if (typeof label !== "string" && typeof label !== "number" && typeof label !== "boolean") {
    throw new UserError(
      `${place}: ${labelName} is ${label === undefined ? "missing" : "no label: expected a text or a number"}`,
    );
  }
  const name = String(label).trim();
  if (name === "") throw new UserError(`${place}: the label is empty`);
  return name;
}

async function firstOf(entries: AsyncIterable<Entry>): Promise<Entry | undefined> {
  for await (const entry of entries) return entry;
  return undefined;
}

async function* entriesOf(source: Source, { encoding }: ReadOptions): AsyncGenerator<Entry> {
  let number = 0;
  for await (const line of readLines(source, encoding)) {
    number++;
    if (line.trim() !== "")
      yield { values: parsed(line, `${source.name}:${number}`), place: `${source.name}:${number}` };
  }
}

function parsed(line: string, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UserError(`${place}: not JSON; each line must be one object, as in {"text": "…", "label": "…"}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new UserError(`${place}: expected an object, as in {"text": "…", "label": "…"}`);
}
