/** @file Reads the texts of files, one after the other: every line of a plain text, or the text column of a table. */
import { UserError } from "../common/errors.js";
import type { EncodingOption, FormatName } from "../common/names.js";
import type { CorpusOptions, TextOptions } from "../options/corpusOptions.js";
import { notTexts, openFormat } from "./corpus.js";
import { sourceOf, type StandardInput } from "./namedSource.js";
import { readOptionsOf, refuseUnused } from "./openOptions.js";
import { fileSource, gunzipped, type ByteSource } from "./byteSource.js";
import { type Document, isBlank, isSkipped, type SkippedRow, type SourceEntry, type Unreadable } from "./document.js";
import { eachLine, type LineLimit } from "./eachLine.js";
import { formatOf, formats, isGzip, type StoredDocument, type StoredTable } from "./formats/index.js";

/** A line that is longer, of 64 MiB, is skipped: every token of it has an answer of its own. */
export const wholeLines: LineLimit = { bytes: 2 ** 26, cut: false };

/** The text of a line or row. A row of a table has its bytes too. */
export type TextEntry = SourceEntry<string> & { table?: StoredTable; stored?: StoredDocument };

/** Called for each table when it is opened, before its rows are read. */
type OnTable = (table: StoredTable, source: string, format: FormatName) => void;

/**
 * The texts of lines and rows, in their order, with the bytes of rows. An empty line or row is a text too; labels are not read. Uses constant memory,
 * except for a table from standard input.
 * @param files paths, or - for standard input
 * @throws UsageError for an option that has no effect on the format of a file
 */
export async function* readTextEntries(
  files: readonly string[],
  options: TextOptions & Partial<CorpusOptions>,
  standardInput: StandardInput,
  { limit = wholeLines, onTable = () => undefined }: { limit?: LineLimit; onTable?: OnTable } = {},
): AsyncGenerator<TextEntry> {
  const reading = { ...readOptionsOf(options), textsOnly: true };
  for (const file of files) {
    const name = options.inputFormat ?? (file === "-" ? "text" : formatOf(file));
    refuseUnused(reading, formats[name].options, `${file === "-" ? "standard input" : file} is read as ${name}`);
    const stored = name === "text" ? lineSource(file, standardInput) : await sourceOf(file, standardInput);
    const source = isGzip(file) ? gunzipped(stored) : stored;
    if (name === "text") {
      yield* lineEntries(source, options.encoding, limit);
      continue;
    }
    const { rows, table, read } = await openFormat(name, source, reading);
    if (rows) throw notTexts(source.name);
    if (table) onTable(table, source.name, name);
    yield* table ? tableEntries(table, source.name) : documentEntries(read(), source.name);
  }
}

async function* lineEntries(
  source: ByteSource,
  encoding: EncodingOption | undefined,
  limit: LineLimit,
): AsyncGenerator<TextEntry> {
  let number = 0;
  for await (const line of eachLine(source, encoding, limit)) {
    number++;
    yield {
      entry: typeof line === "string" ? line : { ...line, source: source.name },
      source: source.name,
      line: number,
    };
  }
}

async function* tableEntries(table: StoredTable, source: string): AsyncGenerator<TextEntry> {
  for await (const stored of table.rows()) yield { ...entryOf(stored.row, source), table, stored };
}

async function* documentEntries(rows: AsyncIterable<Document | SkippedRow>, source: string): AsyncGenerator<TextEntry> {
  for await (const row of rows) if (!isBlank(row)) yield entryOf(row, source);
}

const entryOf = (row: Document | SkippedRow, source: string): TextEntry => ({
  entry: isBlank(row) ? "" : isSkipped(row) ? { ...row, source } : row.text,
  source,
  line: row.line ?? 1,
});

/** The texts of lines and rows alone. */
export async function* textEntries(
  files: readonly string[],
  options: TextOptions & Partial<CorpusOptions>,
  standardInput: StandardInput,
): AsyncGenerator<string | Unreadable> {
  for await (const { entry } of readTextEntries(files, options, standardInput)) yield entry;
}

/** `textEntries` without entries that give no text. @throws UserError for the first of these */
export async function* textsFrom(
  files: readonly string[],
  options: TextOptions & Partial<CorpusOptions>,
  standardInput: StandardInput,
): AsyncGenerator<string> {
  for await (const entry of textEntries(files, options, standardInput)) {
    if (typeof entry === "string") yield entry;
    else throw unreadableError(entry);
  }
}

export const unreadableError = ({ source, line, reason }: Unreadable): UserError =>
  new UserError(`${source}:${line}: ${reason}`);

/** Lines are read only once, so standard input is not kept in memory. */
const lineSource = (file: string, standardInput: StandardInput): ByteSource =>
  file === "-" ? { name: "standard input", bytes: standardInput } : fileSource(file);
