/** @file Recognizes the columns of words and tags of the corpus that a tagger was trained on, by the first lines of another source. */
import { columnsOf, isBreak } from "../formats/conll.js";
import { type Like, textOf } from "./likeFormat.js";

/** What stands in place of a tag that is not known. */
const isPlaceholder = (tag: string): boolean => /^[_*?-]$/.test(tag);

/**
 * The format of first bytes that are like those of the training corpus: comments of CoNLL-U, or rows of equally many columns with tags that the model knows.
 * Undefined for other bytes, and without a record of such a corpus.
 */
export function wordsLike(head: Buffer, { reading, labels }: Like): "conllu" | "conll" | undefined {
  if (reading?.format !== "conllu" && reading?.format !== "conll") return undefined;
  const lines = textOf(head).split(/\r?\n/);
  if (lines.length > 1) lines.pop(); // it is empty or cut off
  const some = lines.filter((line) => line.trim() !== "");
  if (reading.format === "conllu") {
    const areComments = some.length > 0 && some.every((line) => /^#\s*([\w:.-]+ = |new(doc|par)\b)/.test(line));
    return areComments ? "conllu" : undefined;
  }
  const rows = some.filter((line) => !isBreak(line)).map(columnsOf);
  const width = rows[0]?.length ?? 0;
  const tagColumn = Number(reading.tagColumn ?? width) - 1;
  const isTagged = (row: readonly string[]): boolean => {
    const tag = row[tagColumn] ?? "";
    return labels.includes(tag) || isPlaceholder(tag);
  };
  const isLike = width >= 2 && rows.every((row) => row.length === width && isTagged(row));
  return isLike ? "conll" : undefined;
}
