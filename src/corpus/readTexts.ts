/** @file Reads the texts of files, one after the other: every line of a plain text, or the text column of a table. */
import { inFile, UserError } from "../common/errors.js";
import type { EncodingOption, FormatName } from "../common/names.js";
import type { CorpusOptions, TextOptions } from "../options/corpusOptions.js";
import { notTexts } from "./corpus.js";
import { type Like, noteEncoding } from "./record/likeFormat.js";
import { openTableLike } from "./record/likeTable.js";
import type { StandardInput } from "./sources/namedSource.js";
import { type SourceLike, sourceLike } from "./record/sourceLike.js";
import { readOptionsOf, refuseUnused } from "./openOptions.js";
import { bufferedSource } from "./sources/bufferedSource.js";
import type { ByteSource } from "./sources/byteSource.js";
import { type Document, isBlank, isSkipped, type SkippedRow, type SourceEntry, type Unreadable } from "./document.js";
import { detectEncoding } from "./decoding/textDecoding.js";
import { type LineLimit, lineGroups } from "./eachLine.js";
import { formats, type StoredDocument, type StoredTable } from "./formats/index.js";

/** A line that is longer, of 64 MiB, is skipped: every token of it has an answer of its own. */
export const wholeLines: LineLimit = { bytes: 2 ** 26, cut: false };

/** The text of a line or row, with the numbers beside it. A row of a table has its bytes too; a line of fastText or TREC its label, if it has one. */
export type TextEntry = SourceEntry<string> & {
  numbers?: readonly number[];
  table?: StoredTable;
  stored?: StoredDocument;
  label?: string;
};

export type TextReading = {
  limit?: LineLimit;
  onTable?: OnTable;
  /** What the model knows of its inputs. */
  like?: Like;
};

const unknownCorpus: Like = { corpus: null, labels: [] };

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
  reading: TextReading = {},
): AsyncGenerator<TextEntry> {
  for await (const group of readTextGroups(files, options, standardInput, reading))
    for (const entry of group) yield entry;
}

/** `readTextEntries` with the entries that arrive together. */
export async function* readTextGroups(
  files: readonly string[],
  options: TextOptions & Partial<CorpusOptions>,
  standardInput: StandardInput,
  reading: TextReading = {},
): AsyncGenerator<TextEntry[]> {
  for (const file of files)
    yield* entryGroupsOf(await openTextSource(file, options, standardInput, reading.like), options, reading);
}

/** Opens one of these files. @throws UsageError for an option that has no effect on its format */
export async function openTextSource(
  file: string,
  options: TextOptions & Partial<CorpusOptions>,
  standardInput: StandardInput,
  like: Like = unknownCorpus,
): Promise<SourceLike> {
  const reading = readOptionsOf(options);
  const opened = await sourceLike(file, reading, like, standardInput);
  const { source, format } = opened;
  refuseUnused(reading, formats[format].options, `${source.name} is read as ${format}`);
  return opened;
}

/** The texts of one file. */
export async function* entriesOf(...given: Parameters<typeof entryGroupsOf>): AsyncGenerator<TextEntry> {
  for await (const group of entryGroupsOf(...given)) for (const entry of group) yield entry;
}

async function* entryGroupsOf(
  { source, format, encoding, isSingleUse }: SourceLike,
  options: TextOptions & Partial<CorpusOptions>,
  { limit = wholeLines, onTable = () => undefined, like = unknownCorpus }: TextReading,
): AsyncGenerator<TextEntry[]> {
  if (format === "text") {
    yield* lineEntries(source, { encoding, limit, like });
    return;
  }
  const stored = isSingleUse ? await bufferedSource(source.name, source.bytes()) : source;
  const detected = encoding === "auto" && !isSingleUse ? await detectEncoding(stored) : undefined;
  if (detected) noteEncoding(source.name, detected, like);
  const given = { ...readOptionsOf(options), textsOnly: true, encoding: detected ?? encoding };
  const content = await inFile(source.name, () => openTableLike(format, stored, given, like));
  const { rows, table, read } = content;
  if (rows) throw notTexts(source.name);
  if (table) onTable(table, source.name, format);
  const entries = table ? tableEntries(table, source.name) : documentEntries(read(), source.name);
  for await (const entry of entries) yield [entry];
}

async function* lineEntries(
  source: ByteSource,
  { encoding, limit, like }: { encoding: EncodingOption | undefined; limit: LineLimit; like: Like },
): AsyncGenerator<TextEntry[]> {
  let number = 0;
  const groups = lineGroups(source, encoding, limit, (found) => noteEncoding(source.name, found, like));
  for await (const group of groups)
    yield group.map((line) => ({
      entry: typeof line === "string" ? line : { ...line, source: source.name },
      source: source.name,
      line: ++number,
    }));
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
  ...(!isSkipped(row) && row.numbers && { numbers: row.numbers }),
  ...(!isSkipped(row) && row.label !== undefined && { label: row.label }),
});

/** The texts of lines and rows alone. */
export async function* textEntries(
  files: readonly string[],
  options: TextOptions & Partial<CorpusOptions>,
  standardInput: StandardInput,
  reading: TextReading = {},
): AsyncGenerator<string | Unreadable> {
  for await (const { entry } of readTextEntries(files, options, standardInput, reading)) yield entry;
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
