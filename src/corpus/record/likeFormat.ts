/** @file The format and the encoding of another source for a model: by its contents, else those of the corpus that the model was trained on. */
import { isUtf8 } from "node:buffer";
import type { Encoding, EncodingOption, FormatName } from "../../common/names.js";
import type { ByteSource } from "../sources/byteSource.js";
import { hasTextColumn } from "../columns/columnNames.js";
import { formatFor } from "../detection.js";
import type { Reading } from "../document.js";
import { byteEncodingOf, decoders, incompleteTails, utf16Of } from "../decoding/encodings.js";
import { extensionOf } from "../formats/index.js";

/** What a model knows of the sources that it reads. */
export type Like = {
  /** How its training corpus is read, if the checkpoint records it. */
  reading?: Reading;
  /** The path of its training corpus. */
  corpus: string | null;
  /** The labels that it knows. */
  labels: readonly string[];
  /** Whether it reads words that are split already, as those of CoNLL-U. */
  readsWords?: boolean;
  /** Whether a source without labels is an error. */
  needsLabels?: boolean;
  /** For a part of a run, a validation or test file: the name of its training corpus. Other columns than those are an error. */
  partOf?: string;
  /** Called with a note for each thing that is read otherwise than in the training corpus. */
  onNote?: ((note: string) => void) | undefined;
};

export type TableFormat = "csv" | "tsv" | "jsonl";
export const isTable = (format: FormatName): format is TableFormat => ["csv", "tsv", "jsonl"].includes(format);

/**
 * The format of a file: by its name and contents, or that of the training corpus if its first line or the end of its name is the same. A part of
 * a run has the format of its training corpus, unless its contents are those of another one.
 */
export async function formatLike(path: string, source: ByteSource, like: Like): Promise<FormatName> {
  const found = await formatFor(path, source);
  const { reading, corpus, partOf } = like;
  if (reading && partOf !== undefined) {
    if (found === "text") return reading.format;
    if (reading.format === "text" && extensionOf(partOf) === extensionOf(path)) return "text";
  }
  const isLikely = reading !== undefined && isTable(reading.format);
  if (found !== "text" || !(isLikely || path === "-")) return found;
  if (isLikely && corpus !== null && extensionOf(corpus) === extensionOf(path)) return reading.format;
  return (await formatOfHead(await headOf(source), like)) ?? found;
}

/** Notes an encoding that was detected and is not UTF-8. */
export const noteEncoding = (name: string, encoding: Encoding, { onNote }: Pick<Like, "onNote">): void => {
  if (encoding !== "utf-8") onNote?.(`${name} is read as ${encoding}; --encoding overrides it`);
};

const sampleBytes = 1 << 16;

/** The first bytes of a source. */
export async function headOf({ bytes }: ByteSource): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for await (const chunk of bytes()) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= sampleBytes) break;
  }
  return head;
}

const delimiters = [",", "\t", ";", "|"];
const maxNameLength = 40;

/** The table or JSON that begins with these bytes, by its first line alone; undefined for lines of text. */
export async function formatOfHead(head: Buffer, { reading, labels }: Like): Promise<TableFormat | undefined> {
  const text = textOf(head).trimStart();
  const [line = ""] = text.split("\n", 1);
  if (/^(\[\s*)?\{\s*"/.test(text)) return hasTextField(line, reading) ? "jsonl" : undefined;
  if (![reading?.delimiter, ...delimiters].some((delimiter) => delimiter && line.includes(delimiter))) return undefined;
  const { parse } = await import("csv-parse/sync");
  const cellsBetween = (delimiter: string): string[] =>
    parse(line, { delimiter, relax_quotes: true, relax_column_count: true })[0] ?? [];
  const isRecorded = reading !== undefined && isTable(reading.format) && reading.format !== "jsonl";
  for (const delimiter of new Set([...(reading?.delimiter ? [reading.delimiter] : []), ...delimiters])) {
    let cells: string[];
    try {
      cells = cellsBetween(delimiter).map((cell) => cell.trim());
    } catch {
      continue; // an open quote
    }
    const format = delimiter === "\t" ? "tsv" : "csv";
    if (isRecorded && delimiter === reading.delimiter && isRowLike(cells, reading, labels))
      return reading.format as TableFormat;
    if (reading?.header !== false && reading?.textColumns?.every((name) => cells.includes(name)) && cells.length > 1)
      return format;
    const areNames = cells.every((cell) => /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(cell) && cell.length <= maxNameLength);
    if (cells.length > 1 && areNames && hasTextColumn(cells)) return format;
  }
  return undefined;
}

/** Whether a first row has the names of a reading, or, without a header, its width and a known label. */
function isRowLike(cells: readonly string[], reading: Reading, labels: readonly string[]): boolean {
  const { header, width, textColumns = [], labelColumn } = reading;
  if (header) return textColumns.length > 0 && textColumns.every((name) => cells.includes(name));
  return (
    cells.length > 1 &&
    cells.length === width &&
    labelColumn !== undefined &&
    labels.includes(cells[Number(labelColumn) - 1] ?? "")
  );
}

function hasTextField(line: string, reading: Reading | undefined): boolean {
  const object = /\{.*\}/.exec(line)?.[0];
  let names: string[];
  try {
    names = Object.keys(JSON.parse(object ?? "{}") as object);
  } catch {
    names = [...line.matchAll(/"(\w+)"\s*:/g)].map(([, name]) => name!); // several objects, or one cut off
  }
  if (names.length === 0) return /^\[?\s*\{?\s*$/.test(line);
  return hasTextColumn(names) || (reading?.textColumns?.every((name) => names.includes(name)) ?? false);
}

/** First bytes as text. */
export function textOf(head: Buffer): string {
  const whole = head.subarray(0, head.length - incompleteTails["utf-8"](head));
  const text = decoders[utf16Of(head) ?? byteEncodingOf(whole) ?? "utf-8"](whole);
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** The encoding of the record for bytes that are not UTF-8 and do not show their encoding; else it is detected. */
export const encodingOfHead = (head: Buffer, { reading }: Like): EncodingOption => {
  const recorded = reading === undefined || reading.encoding === "mixed" ? "auto" : reading.encoding;
  const whole = head.subarray(0, head.length - incompleteTails["utf-8"](head));
  return recorded === "utf-8" || utf16Of(head) !== undefined || isUtf8(whole) ? "auto" : recorded;
};

export const encodingLike = async (source: ByteSource, like: Like): Promise<EncodingOption> =>
  encodingOfHead(await headOf(source), like);
