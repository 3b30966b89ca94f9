/** @file conllu: a word a line in ten columns, a blank line after each sentence (universaldependencies.org/format). */
import { UserError } from "../../common/errors.js";
import type { TagColumn } from "../../common/names.js";
import { readLines } from "../textDecoding.js";
import type { Document } from "../document.js";
import type { Format, ReadOptions } from "./format.js";
import type { Source } from "../byteSource.js";

export const conllu: Format = {
  describe: "CoNLL-U: sentences with a tag for each word",
  extensions: ["conllu", "conll-u"],
  takes: ["encoding", "tagColumn"],
  open: async (source, { encoding, tagColumn = "upos", textsOnly }) => ({
    shape: "documents",
    labelled: false,
    tagged: !textsOnly,
    read: async function* () {
      for await (const sentence of conlluSentences(source, encoding)) {
        if (sentence.words.length > 0) yield documentOf(sentence, textsOnly ? null : tagColumn, source.name);
      }
    },
  }),
};

/** Places of columns, from 0. */
export const tagColumns: { [Name in TagColumn]: number } = { upos: 3, xpos: 4 };
const formColumn = 1;
const columnCount = 10;

/** lines: as they stand in the file, comments too; words: of each the place of its line, and its columns. */
export type ConlluSentence = { lines: string[]; words: { place: number; columns: string[] }[]; firstLine: number };

export const formOf = ({ columns }: ConlluSentence["words"][number]): string => columns[formColumn]!;

/** Every sentence, one that has comments only too. @throws UserError for a line that is not of the format, with its number */
export async function* conlluSentences(
  source: Source,
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
    const columns = line.startsWith("#") ? null : wordIn(line, sentence.words.length + 1, `${source.name}:${number}`);
    if (columns) sentence.words.push({ place: sentence.lines.length, columns });
    sentence.lines.push(line);
  }
  if (sentence.lines.length > 0) yield sentence;
}

/** Null for what several words are written as (1-2), and for a word that is not written (1.1). @param next the number that a word must have */
function wordIn(line: string, next: number, place: string): string[] | null {
  const columns = line.split("\t");
  if (columns.length !== columnCount) {
    throw new UserError(
      `${place}: expected the ${columnCount} columns of CoNLL-U with tabs between, got ${columns.length}`,
    );
  }
  const [id = "", form = ""] = columns;
  if (/^\d+(-|\.)\d+$/.test(id)) return null;
  if (id !== String(next)) {
    throw new UserError(
      `${place}: expected word ${next} of its sentence, got ${id || "nothing"}; sentences have an empty line between them`,
    );
  }
  if (form.trim() === "") throw new UserError(`${place}: the word is empty (column ${formColumn + 1})`);
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
      `${name}:${firstLine + word.place}: ${formOf(word)} has no tag (column ${tagColumns[column] + 1}, ${column}): --tag-column chooses between ${Object.keys(tagColumns).join(" and ")}`,
    );
  });
  return { text, words: forms, tags };
}

/** Some languages write words with spaces in them, as in "1 000". */
export const withoutSpaces = (word: string): string => word.trim().replaceAll(/\s+/g, "_");

/** A sentence with its tags in place. @param tags one for each word */
export function withTags({ lines, words }: ConlluSentence, tags: readonly string[], column: TagColumn): string {
  const tagged = lines.slice();
  for (const [index, { place, columns }] of words.entries()) {
    tagged[place] = columns.with(tagColumns[column], tags[index]!).join("\t");
  }
  return tagged.map((line) => `${line}\n`).join("") + "\n";
}

/** A sentence of plain text as one that `withTags` takes. */
export function conlluOf(text: string, forms: readonly string[]): ConlluSentence {
  const words = forms.map((form, index) => ({
    place: index + 1,
    columns: [String(index + 1), form, ...Array<string>(columnCount - 2).fill("_")],
  }));
  return { lines: [`# text = ${text}`, ...words.map(({ columns }) => columns.join("\t"))], words, firstLine: 1 };
}
