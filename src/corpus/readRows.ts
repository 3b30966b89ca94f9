/** @file Reads the rows of numbers of files, one sequence after the other. */
import { inFile, UserError } from "../common/errors.js";
import { openFormat, type OpenOptions } from "./corpus.js";
import { formatFor } from "./detection.js";
import { isBlank, isSkipped, type Rows, type SourceEntry } from "./document.js";
import { openTableLike } from "./record/likeTable.js";
import { formats } from "./formats/index.js";
import { sourceOf, type StandardInput, unpacked } from "./sources/namedSource.js";

/**
 * Labels are not read. Options that have no effect on the format of a file are ignored.
 * @param files paths, or - for standard input, which has the format jsonl by default
 * @returns each sequence in order, or why a row has none
 * @throws UserError for a file of texts
 */
export async function* rowsFrom(
  files: readonly string[],
  options: OpenOptions,
  standardInput: StandardInput,
): AsyncGenerator<SourceEntry<Rows>> {
  for (const file of files) {
    const stored = await sourceOf(file, standardInput);
    const source = unpacked(file, stored);
    const format = options.format ?? (file === "-" ? "jsonl" : await formatFor(file, source));
    const used = Object.fromEntries(formats[format].options.map((option) => [option, options[option]]));
    const given = { ...used, textsOnly: true };
    const { like } = options;
    const { rows, read } = await (like
      ? inFile(source.name, () => openTableLike(format, source, given, like))
      : openFormat(format, source, given));
    if (!rows) throw new UserError(`${stored.name}: expected rows of numbers, not texts`);
    let number = 0; // of a sequence in a format without lines
    for await (const document of read()) {
      if (isBlank(document)) continue;
      const entry = isSkipped(document) ? { ...document, source: stored.name } : document.rows!;
      yield { entry, source: stored.name, line: document.line ?? ++number };
    }
  }
}
