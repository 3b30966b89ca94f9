/** @file conllu: one word a line in ten columns, a blank line after each sentence (universaldependencies.org/format). */
import { inFile, UserError } from "../../common/errors.js";
import type { TagColumn } from "../../common/names.js";
import { readLines } from "../textDecoding.js";
import type { Document } from "../document.js";
import type { Format, ReadOptions } from "./index.js";
import type { ByteSource } from "../byteSource.js";

export const conllu: Format = {
  describe: "CoNLL-U: sentences with a tag for each word",
  extensions: ["conllu", "conll-u"],
  options: ["encoding", "tagColumn"],
  open: async (source, { encoding, tagColumn = "upos", textsOnly }) => ({
    reading: { format: "conllu", encoding: encoding ?? "auto", tagColumn },
    shape: "documents",
    labeled: false,
    tagged: !textsOnly,
    read: async function* () {
      for await (const sentence of conlluSentences(source, encoding)) {
        if (sentence.words.length > 0) yield documentOf(sentence, textsOnly ? null : tagColumn, source.name);
      }
    },
  }),
};

/** Indices of the columns, from 0. */
export const tagColumns: { [Name in TagColumn]: number } = { upos: 3, xpos: 4 };
const formColumn = 1;
const columnCount = 10;

/** lines: all lines of the file, including comments; words: the index of the line and the columns of each; firstLine: number of the first line, from 1. */
export type ConlluSentence = { lines: string[]; words: { index: number; columns: string[] }[]; firstLine: number };

export const formOf = ({ columns }: ConlluSentence["words"][number]): string => columns[formColumn]!;

/** Every sentence, including those with comments only. @throws UserError for an invalid line, with its number */
export async function* conlluSentences(
  source: ByteSource,
  encoding?: ReadOptions["encoding"],
): AsyncGenerator<ConlluSentence> {
  let sentence: ConlluSentence = { lines: [], words: [], firstLine: 1 };
  let number = 0;
  for await (const line of readLines(source, encoding)) {
    number++;
    if (line.trim() === "") {
      if (sentence.lines.length > 0) yield sentence;
      sentence = { lines: [], words: [], firstLine: number + 1 };
      continue;
    }
    const columns = line.startsWith("#")
      ? null
      : inFile(`${source.name}:${number}`, () => wordIn(line, sentence.words.length + 1));
    if (columns) sentence.words.push({ index: sentence.lines.length, columns });
    sentence.lines.push(line);
  }
  if (sentence.lines.length > 0) yield sentence;
}

/** The columns of a word; null for a multiword token (1-2) and an empty node (1.1). @param next the expected number of the word */
function wordIn(line: string, next: number): string[] | null {
  const columns = line.split("\t");
  if (columns.length !== columnCount) {
    throw new UserError(`expected the ${columnCount} columns of CoNLL-U, separated by tabs; got ${columns.length}`);
  }
  const [id = "", form = ""] = columns;
  if (/^\d+(-|\.)\d+$/.test(id)) return null;
  if (id !== String(next)) {
    throw new UserError(
      `expected word ${next} of the sentence, got ${id || "nothing"}; sentences are separated by an empty line`,
    );
  }
  if (form.trim() === "") throw new UserError(`the word is empty (column ${formColumn + 1})`);
  return columns;
}

function documentOf({ words, firstLine }: ConlluSentence, column: TagColumn | null, name: string): Document {
  const forms = words.map(formOf);
  const text = forms.map(withoutSpaces).join(" ");
  if (column === null) return { text };
  const tags = words.map((word) => {
    const tag = word.columns[tagColumns[column]]!.trim();
    if (tag !== "" && tag !== "_") return tag;
    throw new UserError(
      `${name}:${firstLine + word.index}: ${formOf(word)} has no tag (column ${tagColumns[column] + 1}, ${column}); choose another column with --tag-column {${Object.keys(tagColumns).join(",")}}`,
    );
  });
  return { text, words: forms, tags };
}

/** A word without spaces, which some languages have in words, as in "1 000". */
export const withoutSpaces = (word: string): string => word.trim().replaceAll(/\s+/g, "_");

/** A sentence as text with these tags. @param tags one for each word */
export function withTags({ lines, words }: ConlluSentence, tags: readonly string[], column: TagColumn): string {
  const tagged = lines.slice();
  for (const [word, { index, columns }] of words.entries()) {
    tagged[index] = columns.with(tagColumns[column], tags[word]!).join("\t");
  }
  return tagged.map((line) => `${line}\n`).join("") + "\n";
}

/** A row of a word that has only a form and a tag. @param number of the word in its sentence, from 1 */
export const conlluRow = (number: number, form: string, tag: string, column: TagColumn): string =>
  columnsOf(number, form).with(tagColumns[column], tag).join("\t");

const columnsOf = (number: number, form: string): string[] => [
  String(number),
  form,
  ...Array<string>(columnCount - 2).fill("_"),
];

/** A sentence of words alone, for `withTags`. */
export function conlluOf(text: string, forms: readonly string[]): ConlluSentence {
  const words = forms.map((form, at) => ({ index: at + 1, columns: columnsOf(at + 1, form) }));
  return { lines: [`# text = ${text}`, ...words.map(({ columns }) => columns.join("\t"))], words, firstLine: 1 };
}
