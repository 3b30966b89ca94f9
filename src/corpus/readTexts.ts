/** @file Reads the texts of files, one after the other: every line of a plain text, or the text column of a table. */
import { UserError } from "../common/errors.js";
import type { CorpusOptions, TextOptions } from "../options/corpusOptions.js";
import { notTexts, openFormat } from "./corpus.js";
import { sourceOf, type StandardInput } from "./namedSource.js";
import { readOptionsOf, refuseUnused } from "./openOptions.js";
import { fileSource, gunzipped, type ByteSource } from "./byteSource.js";
import { isBlank, isSkipped, type Unreadable } from "./document.js";
import { eachLine, type LineLimit } from "./eachLine.js";
import { formatOf, formats, isGzip } from "./formats/index.js";

/** A line that is longer, of 64 MiB, is skipped: every token of it has an answer of its own. */
export const wholeLines: LineLimit = { bytes: 2 ** 26, cut: false };

/**
 * Uses constant memory, except for a table from standard input. An empty line is a text too; labels are not read.
 * @param files paths, or - for standard input
 * @returns for each line or row, in order, its text, or why it has none
 * @throws UsageError for an option that has no effect on the format of a file
 */
export async function* textEntries(
  files: readonly string[],
  options: TextOptions & Partial<CorpusOptions>,
  standardInput: StandardInput,
  limit: LineLimit = wholeLines,
): AsyncGenerator<string | Unreadable> {
  const reading = { ...readOptionsOf(options), textsOnly: true };
  for (const file of files) {
    const name = options.inputFormat ?? (file === "-" ? "text" : formatOf(file));
    refuseUnused(reading, formats[name].options, `${file === "-" ? "standard input" : file} is read as ${name}`);
    const stored = name === "text" ? lineSource(file, standardInput) : await sourceOf(file, standardInput);
    const source = isGzip(file) ? gunzipped(stored) : stored;
    if (name === "text") {
      for await (const line of eachLine(source, options.encoding, limit))
        yield typeof line === "string" ? line : { ...line, source: source.name };
      continue;
    }
    const { rows, read } = await openFormat(name, source, reading);
    if (rows) throw notTexts(source.name);
    for await (const document of read()) {
      if (isBlank(document)) continue;
      if (isSkipped(document)) yield { ...document, source: source.name };
      else yield document.text;
    }
  }
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
