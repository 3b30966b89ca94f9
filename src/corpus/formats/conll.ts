/** @file conll: one word a line, first its form and last its tag, in 2 to 10 columns; a blank line after each sentence. */
import { UserError } from "../../common/errors.js";
import type { EncodingOption } from "../../common/names.js";
import type { ByteSource } from "../byteSource.js";
import { readLines } from "../textDecoding.js";
import { withoutSpaces } from "./conllu.js";
import type { Format } from "./index.js";

export const conll: Format = {
  describe: "CoNLL columns: a word and its tag a line",
  extensions: ["conll", "bio", "iob", "iob2"],
  options: ["encoding"],
  open: async (source, { encoding, textsOnly }) => ({
    reading: { format: "conll", encoding: encoding ?? "auto" },
    shape: "documents",
    labeled: false,
    tagged: !textsOnly,
    read: async function* () {
      for await (const { words, tags } of conllSentences(source, encoding)) {
        const text = words.map(withoutSpaces).join(" ");
        yield textsOnly ? { text } : { text, words, tags };
      }
    },
  }),
};

export type ConllSentence = { words: string[]; tags: string[] };

/** The columns of a line: separated by tabs, or by spaces if there are no tabs. */
export const columnsOf = (line: string): string[] =>
  (line.includes("\t") ? line.split("\t") : line.trim().split(/ +/)).map((cell) => cell.trim());

/** Whether a line is between sentences: blank, a comment, or a mark between documents. */
export const isBreak = (line: string): boolean => line.trim() === "" || /^(-DOCSTART-|# )/.test(line);

/** The column with the words: the second if the first numbers the words. */
export const wordColumn = (rows: readonly (readonly string[])[]): number =>
  rows.every(([first], at) => first === String(at) || first === String(at + 1)) && (rows[0]?.length ?? 0) > 2 ? 1 : 0;

/** The sentences of a source. The first word sets the number of columns. @throws UserError for a line of another width or without a tag */
export async function* conllSentences(source: ByteSource, encoding?: EncodingOption): AsyncGenerator<ConllSentence> {
  let rows: string[][] = [];
  let number = 0;
  let width = 0;
  for await (const line of readLines(source, encoding)) {
    number++;
    if (isBreak(line)) {
      if (rows.length > 0) yield sentenceOf(rows);
      rows = [];
      continue;
    }
    const columns = columnsOf(line);
    width ||= columns.length;
    if (columns.length !== width || width < 2 || columns[0] === "" || columns.at(-1) === "") {
      throw new UserError(
        `${source.name}:${number}: expected a word and its tag in ${Math.max(2, width)} columns, got ${columns.length}: ${line.slice(0, 40)}`,
      );
    }
    rows.push(columns);
  }
  if (rows.length > 0) yield sentenceOf(rows);
}

function sentenceOf(rows: string[][]): ConllSentence {
  const word = wordColumn(rows);
  return { words: rows.map((columns) => columns[word]!), tags: rows.map((columns) => columns.at(-1)!) };
}
