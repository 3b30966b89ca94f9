/** @file The texts of files, one after the other: the lines of plain text, every one of them, or a column of a table. */
import type { CorpusOptions, TextOptions } from "../options/options.js";
import { notTexts, readOptionsOf, refuseUseless, sourceOf, type StandardInput } from "./corpus.js";
import { readLines } from "./textDecoding.js";
import { formatOf, formats, isGzip } from "./formats/index.js";
import { fileSource, gunzipped, type Source } from "./byteSource.js";

/**
 * One after the other, in constant memory but for a table from standard input. An empty line is a text too; labels are passed over.
 * @param files paths, or - for standard input
 * @throws UsageError for an option that a file's format has no use for
 */
export async function* textsFrom(
  files: readonly string[],
  options: TextOptions & Partial<CorpusOptions>,
  standardInput: StandardInput,
): AsyncGenerator<string> {
  const reading = { ...readOptionsOf(options), textsOnly: true };
  for (const file of files) {
    const name = options.inputFormat ?? (file === "-" ? "text" : formatOf(file));
    refuseUseless(reading, formats[name].takes, `${file === "-" ? "standard input" : file} is read as ${name}`);
    const stored = name === "text" ? lineSource(file, standardInput) : await sourceOf(file, standardInput);
    const source = isGzip(file) ? gunzipped(stored) : stored;
    if (name === "text") {
      yield* readLines(source, options.encoding);
      continue;
    }
    const { rows, read } = await formats[name].open(source, reading);
    if (rows) throw notTexts(source.name);
    for await (const { text } of read()) yield text;
  }
}

/** Lines need reading only once: standard input is not kept. */
const lineSource = (file: string, standardInput: StandardInput): Source =>
  file === "-" ? { name: "standard input", bytes: standardInput } : fileSource(file);
