/** @file The rows of numbers of files, one sequence after the other. */
import { UserError } from "../common/errors.js";
import { formatFor, type OpenOptions, sourceOf, type StandardInput, unpacked } from "./corpus.js";
import type { Rows } from "./document.js";
import { formats } from "./formats/index.js";

/**
 * Labels are passed over. Of the options each file takes those that its format knows.
 * @param files paths, or - for standard input, which holds a JSON object with rows a line unless the options say otherwise
 * @throws UserError for a file that holds texts
 */
export async function* rowsFrom(
  files: readonly string[],
  options: OpenOptions,
  standardInput: StandardInput,
): AsyncGenerator<Rows> {
  for (const file of files) {
    const stored = await sourceOf(file, standardInput);
    const source = unpacked(file, stored);
    const format = options.format ?? (file === "-" ? "jsonl" : await formatFor(file, source));
    const { takes, open } = formats[format];
    const known = Object.fromEntries(takes.map((option) => [option, options[option]]));
    const { rows, read } = await open(source, { ...known, textsOnly: true });
    if (!rows) throw new UserError(`${stored.name} holds texts, and rows of numbers are read here`);
    for await (const document of read()) yield document.rows!;
  }
}
