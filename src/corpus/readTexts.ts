/** @file Reads the texts of files, one after the other: every line of a plain text, or the text column of a table. */
import type { CorpusOptions, TextOptions } from "../options/corpusOptions.js";
import { documentsOf } from "./document.js";
import { notTexts, openFormat, readOptionsOf, refuseUnused, sourceOf, type StandardInput } from "./corpus.js";
import { readLines } from "./textDecoding.js";
import { formatOf, formats, isGzip } from "./formats/index.js";
import { fileSource, gunzipped, type ByteSource } from "./byteSource.js";

/**
 * Uses constant memory, except for a table from standard input. An empty line is a text too; labels are not read.
 * @param files paths, or - for standard input
 * @throws UsageError for an option that has no effect on the format of a file
 */
export async function* textsFrom(
  files: readonly string[],
  options: TextOptions & Partial<CorpusOptions>,
  standardInput: StandardInput,
): AsyncGenerator<string> {
  const reading = { ...readOptionsOf(options), textsOnly: true };
  for (const file of files) {
    const name = options.inputFormat ?? (file === "-" ? "text" : formatOf(file));
    refuseUnused(reading, formats[name].options, `${file === "-" ? "standard input" : file} is read as ${name}`);
    const stored = name === "text" ? lineSource(file, standardInput) : await sourceOf(file, standardInput);
    const source = isGzip(file) ? gunzipped(stored) : stored;
    if (name === "text") {
      yield* readLines(source, options.encoding);
      continue;
    }
    const { rows, read } = await openFormat(name, source, reading);
    if (rows) throw notTexts(source.name);
    for await (const { text } of documentsOf(source.name, read())) yield text;
  }
}

/** Lines are read only once, so standard input is not kept in memory. */
const lineSource = (file: string, standardInput: StandardInput): ByteSource =>
  file === "-" ? { name: "standard input", bytes: standardInput } : fileSource(file);
