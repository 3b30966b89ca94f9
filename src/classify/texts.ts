/** @file The texts to label: the lines of plain text, every one of them, or a column of a table. */
import type { CorpusOptions } from "../options.js";
import { openAs, type StandardInput } from "../training/sources.js";
import { readLines } from "../text/decoding.js";
import { formatOf, isGzip } from "../text/formats.js";
import { fileSource, gunzipped, type Source } from "../text/source.js";

/**
 * One after the other, in constant memory. An empty line is a text too.
 * @param files paths, or - for standard input
 */
export async function* textsFrom(
  files: readonly string[],
  options: CorpusOptions,
  standardInput: StandardInput,
): AsyncGenerator<string> {
  for (const file of files) {
    const format = options.inputFormat ?? (file === "-" ? "text" : formatOf(file));
    if (format === "text") yield* readLines(sourceOf(file, standardInput), options.encoding);
    else for await (const { text } of (await openAs(file, options, standardInput)).read()) yield text;
  }
}

function sourceOf(file: string, standardInput: StandardInput): Source {
  if (file === "-") return { name: "standard input", bytes: standardInput };
  return isGzip(file) ? gunzipped(fileSource(file)) : fileSource(file);
}
