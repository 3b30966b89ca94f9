/** @file jsonl: objects such as {"text": …, "label": …}, one a line or in an array. */
import { inFile, UserError } from "../../common/errors.js";
import type { ByteSource } from "../byteSource.js";
import { columnIndex, hasTextColumn, labelColumnOf, namedColumns, rowsColumnOf } from "../columns.js";
import type { Document, Rows } from "../document.js";
import { matrixOf } from "../matrix.js";
import { readJsonLines } from "../jsonLines.js";
import type { Content, Format, ReadOptions } from "./index.js";

export const jsonl: Format = {
  describe: "JSON objects: one a line, or the elements of an array",
  extensions: ["jsonl", "ndjson", "json"],
  options: ["encoding", "textColumn", "labelColumn", "valueColumns"],
  open,
};

type JsonValues = Record<string, unknown>;

/** The keys of the first object are the columns. */
async function open(source: ByteSource, options: ReadOptions): Promise<Content> {
  const first = await firstOf(objectsOf(source, options));
  const names = Object.keys(first ?? { text: "" });
  const rows = rowsField(first, names, options);
  if (rows !== undefined) return rowsContent(source, options, names, rows);
  const columns = namedColumns(names, options);
  const textNames = columns.text.map((column) => names[column]!);
  const labelName = columns.label === undefined ? undefined : names[columns.label];
  return {
    shape: "documents",
    labeled: labelName !== undefined,
    read: () => mappedLines(source, options, (values) => documentOf(values, textNames, labelName)),
  };
}

/** The index of the field with rows of numbers: the given one, else one with a known name if no option asks for texts. */
function rowsField(
  first: JsonValues | undefined,
  names: string[],
  { valueColumns, textColumn }: ReadOptions,
): number | undefined {
  if (valueColumns?.length === 1) return columnIndex(names, valueColumns[0]!, "value-columns");
  if (valueColumns)
    throw new UserError(`--value-columns has ${valueColumns.length} fields; the rows of a jsonl file are in one`);
  if (textColumn !== undefined || hasTextColumn(names)) return undefined;
  const index = rowsColumnOf(names);
  return index !== undefined && Array.isArray(first?.[names[index]!]) ? index : undefined;
}

async function rowsContent(source: ByteSource, options: ReadOptions, names: string[], rows: number): Promise<Content> {
  const name = names[rows]!;
  const rowsIn = (values: JsonValues, width?: number): Rows =>
    inFile(name, () => matrixOf(Object.hasOwn(values, name) ? values[name] : undefined, width));
  const width = await firstOf(mappedLines(source, options, (values) => rowsIn(values).width));
  const labelIndex = options.textsOnly
    ? undefined
    : options.labelColumn === undefined
      ? labelColumnOf(names)
      : columnIndex(names, options.labelColumn, "label-column");
  const labelName = labelIndex === undefined ? undefined : names[labelIndex];
  return {
    shape: "documents",
    labeled: labelName !== undefined,
    rows: { width: width ?? 1 },
    read: () =>
      mappedLines(source, options, (values) => ({
        text: "",
        rows: rowsIn(values, width),
        ...(labelName !== undefined && { label: labelOf(values, labelName) }),
      })),
  };
}

function documentOf(values: JsonValues, textNames: string[], labelName: string | undefined): Document {
  const texts = textNames.map((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value !== "string")
      throw new UserError(`${name} is ${value === undefined ? "missing" : "not a string"}`);
    return value.replaceAll("\r\n", "\n").replaceAll(/\p{Surrogate}/gu, "\uFFFD"); // unpaired surrogates come from escapes
  });
  const text = texts.join(" ");
  return labelName === undefined ? { text } : { text, label: labelOf(values, labelName) };
}

function labelOf(values: JsonValues, labelName: string): string {
  const label = Object.hasOwn(values, labelName) ? values[labelName] : undefined;
  if (typeof label !== "string" && typeof label !== "number" && typeof label !== "boolean") {
    throw new UserError(
      `${labelName} is ${label === undefined ? "missing" : "not a label; expected a string or a number"}`,
    );
  }
  const name = String(label).trim();
  if (name === "") throw new UserError("the label is empty");
  return name;
}

async function firstOf<Item>(items: AsyncIterable<Item>): Promise<Item | undefined> {
  for await (const item of items) return item;
  return undefined;
}

const objectsOf = (source: ByteSource, options: ReadOptions): AsyncGenerator<JsonValues> =>
  mappedLines(source, options, (values) => values);

/** The result for the object of each line that is not empty; an error of `map` gets the file and the line. */
async function* mappedLines<Result>(
  source: ByteSource,
  { encoding }: ReadOptions,
  map: (values: JsonValues) => Result,
): AsyncGenerator<Result> {
  let number = 0;
  for await (const line of readJsonLines(source, encoding)) {
    number++;
    if (line.trim() !== "") yield inFile(`${source.name}:${number}`, () => map(parsed(line)));
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
