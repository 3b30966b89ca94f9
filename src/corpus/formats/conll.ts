/** @file conll: one word a line, first its form and last its tag, unless --tag-column names another column; a blank line after each sentence. */
import { UserError } from "../../common/errors.js";
import { quantity } from "../../common/quantity.js";
import type { TagColumn } from "../../common/names.js";
import type { ByteSource } from "../sources/byteSource.js";
import { isSkipped, type SkippedRow } from "../document.js";
import { readLines } from "../decoding/textDecoding.js";
import { withoutSpaces } from "./conllu.js";
import type { Format, ReadOptions } from "./index.js";

export const conll: Format = {
  describe: "CoNLL columns: a word and its tag a line",
  extensions: ["conll", "bio", "iob", "iob2"],
  options: ["encoding", "tagColumn"],
  open: async (source, { encoding, tagColumn, textsOnly }) => ({
    reading: { format: "conll", encoding: encoding ?? "auto", ...(tagColumn && { tagColumn }) },
    shape: "documents",
    labeled: false,
    tagged: !textsOnly,
    read: async function* () {
      for await (const sentence of conllSentences(source, { encoding, tagColumn, textsOnly })) {
        if (isSkipped(sentence)) {
          yield sentence;
          continue;
        }
        const { words, tags, line } = sentence;
        const text = words.map(withoutSpaces).join(" ");
        yield textsOnly ? { text, line } : { text, words, tags, line };
      }
    },
  }),
};

/** line: where it begins, from 1. */
export type ConllSentence = { words: string[]; tags: string[]; line: number };

/** The columns of a line: separated by tabs, or by spaces if there are no tabs. */
export const columnsOf = (line: string): string[] =>
  (line.includes("\t") ? line.split("\t") : line.trim().split(/ +/)).map((cell) => cell.trim());

/** Whether a line is between sentences: blank, a comment, or a mark between documents. */
export const isBreak = (line: string): boolean => line.trim() === "" || /^(-DOCSTART-|# )/.test(line);

/** The column with the words: the second if the first numbers the words. */
export const wordColumn = (rows: readonly (readonly string[])[]): number =>
  rows.every(([first], at) => first === String(at) || first === String(at + 1)) && (rows[0]?.length ?? 0) > 2 ? 1 : 0;

/**
 * The sentences of a source. The first word sets the number of columns; a sentence with a line of another width or without a tag is a bad row. With
 * `textsOnly` tags are not read and may be missing.
 * @throws UserError for a tag column that the first word does not have
 */
export async function* conllSentences(
  source: ByteSource,
  { encoding, tagColumn, textsOnly = false }: Pick<ReadOptions, "encoding" | "tagColumn" | "textsOnly"> = {},
): AsyncGenerator<ConllSentence | SkippedRow> {
  let rows: string[][] = [];
  let bad: SkippedRow | undefined;
  let number = 0;
  let width = 0;
  let tag = -1;
  const least = textsOnly ? 1 : 2;
  for await (const line of readLines(source, encoding)) {
    number++;
    if (typeof line !== "string") {
      bad ??= line;
    } else if (isBreak(line)) {
      if (bad) yield bad;
      else if (rows.length > 0) yield sentenceOf(rows, tag, number - rows.length);
      [rows, bad] = [[], undefined];
    } else {
      const columns = columnsOf(line);
      if (width === 0) {
        width = columns.length;
        tag = tagColumn === undefined || textsOnly ? width - 1 : numberedColumn(tagColumn, width, source.name);
      }
      const isRow = columns.length === width && width >= least && columns[0] !== "";
      if (isRow && (textsOnly || columns[tag] !== "")) rows.push(columns);
      else {
        const expected = least === 1 ? "a word" : "a word and its tag";
        const reason = `expected ${expected} in ${quantity(Math.max(least, width), "columns")}, got ${columns.length}: ${line.slice(0, 40)}`;
        bad ??= { skipped: "bad", line: number, reason };
      }
    }
  }
  if (bad) yield bad;
  else if (rows.length > 0) yield sentenceOf(rows, tag, number + 1 - rows.length);
}

/** @returns from 0 @throws UserError for the name of a column, and for a number that is too large */
function numberedColumn(given: TagColumn, width: number, name: string): number {
  const number = Number(given);
  if (number >= 1 && number <= width) return number - 1;
  throw new UserError(`${name}: no column ${given} for --tag-column; its first line has the columns 1 to ${width}`);
}

function sentenceOf(rows: string[][], tag: number, line: number): ConllSentence {
  const word = wordColumn(rows);
  return { words: rows.map((columns) => columns[word]!), tags: rows.map((columns) => columns[tag]!), line };
}
