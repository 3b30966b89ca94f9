/** @file conllu: one word a line in ten columns, a blank line after each sentence (universaldependencies.org/format). */
import type { TagColumn } from "../../common/names.js";
import { readLines } from "../decoding/textDecoding.js";
import { type Document, isSkipped, type SkippedRow } from "../document.js";
import type { Format, ReadOptions } from "./index.js";
import type { ByteSource } from "../sources/byteSource.js";

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
        if (isSkipped(sentence)) yield sentence;
        else if (sentence.words.length > 0) yield documentOf(sentence, textsOnly ? null : tagColumn);
      }
    },
  }),
};

const tagColumns = { upos: 3, xpos: 4 } as const;
/** The index of a column, from 0. */
const columnIndex = (column: TagColumn): number =>
  column === "upos" || column === "xpos" ? tagColumns[column] : Number(column) - 1;
const formColumn = 1;
const columnCount = 10;

/** lines: all lines of the file, including comments; words: the index of the line and the columns of each; firstLine: number of the first line, from 1. */
export type ConlluSentence = { lines: string[]; words: { index: number; columns: string[] }[]; firstLine: number };

export const formOf = ({ columns }: ConlluSentence["words"][number]): string => columns[formColumn]!;

/** Every sentence, including those with comments only; one with an invalid line is a bad row. */
export async function* conlluSentences(
  source: ByteSource,
  encoding?: ReadOptions["encoding"],
): AsyncGenerator<ConlluSentence | SkippedRow> {
  let sentence: ConlluSentence = { lines: [], words: [], firstLine: 1 };
  let bad: SkippedRow | undefined;
  let number = 0;
  for await (const line of readLines(source, encoding)) {
    number++;
    if (typeof line !== "string") bad ??= line;
    else if (line.trim() === "") {
      if (bad) yield bad;
      else if (sentence.lines.length > 0) yield sentence;
      sentence = { lines: [], words: [], firstLine: number + 1 };
      bad = undefined;
    } else if (!bad) {
      const columns = line.startsWith("#") ? null : wordIn(line, sentence.words.length + 1);
      if (typeof columns === "string") bad = { skipped: "bad", line: number, reason: columns };
      else if (columns) sentence.words.push({ index: sentence.lines.length, columns });
      sentence.lines.push(line);
    }
  }
  if (bad) yield bad;
  else if (sentence.lines.length > 0) yield sentence;
}

/** The columns of a word; null for a multiword token (1-2) and an empty node (1.1); why the line is bad. @param next the expected number of the word */
function wordIn(line: string, next: number): string[] | null | string {
  const columns = line.split("\t");
  if (columns.length !== columnCount)
    return `expected the ${columnCount} columns of CoNLL-U, separated by tabs; got ${columns.length}`;
  const [id = "", form = ""] = columns;
  if (/^\d+(-|\.)\d+$/.test(id)) return null;
  if (id !== String(next))
    return `expected word ${next} of the sentence, got ${id || "nothing"}; sentences are separated by an empty line`;
  return form.trim() === "" ? `the word is empty (column ${formColumn + 1})` : columns;
}

/** The words of a sentence, with the tags of a column; a bad row if a word has none. */
function documentOf({ words, firstLine }: ConlluSentence, column: TagColumn | null): Document | SkippedRow {
  const forms = words.map(formOf);
  const text = forms.map(withoutSpaces).join(" ");
  const line = firstLine;
  if (column === null) return { text, line };
  const tags = words.map((word) => word.columns[columnIndex(column)]!.trim());
  const untagged = tags.findIndex((tag) => tag === "" || tag === "_");
  if (untagged === -1) return { text, words: forms, tags, line };
  return {
    skipped: "bad",
    line: firstLine + words[untagged]!.index,
    reason: `${forms[untagged]} has no tag (column ${columnIndex(column) + 1}${column in tagColumns ? `, ${column}` : ""}); choose another column with --tag-column {${Object.keys(tagColumns).join(",")}}`,
  };
}

/** A word without spaces, which some languages have in words, as in "1 000". */
export const withoutSpaces = (word: string): string => word.trim().replaceAll(/\s+/g, "_");

/** A sentence as text with these tags. @param tags one for each word */
export function withTags({ lines, words }: ConlluSentence, tags: readonly string[], column: TagColumn): string {
  const tagged = lines.slice();
  for (const [word, { index, columns }] of words.entries()) {
    tagged[index] = columns.with(columnIndex(column), tags[word]!).join("\t");
  }
  return tagged.map((line) => `${line}\n`).join("") + "\n";
}

/** A row of a word that has only a form and a tag. @param number of the word in its sentence, from 1 */
export const conlluRow = (number: number, form: string, tag: string, column: TagColumn): string =>
  columnsOf(number, form).with(columnIndex(column), tag).join("\t");

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
