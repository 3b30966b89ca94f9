/** @file The output of `rnn tag`: sentences alone, or words and tags in the tables of the sentences. */
import type { TagColumn } from "../../common/names.js";
import { withoutSpaces } from "../../corpus/formats/conllu.js";
import { piecesOf, type TaggedSentence, type TagOutput, tagText, wordsJson } from "../../render/tagsText.js";
import type { AnswerForm, AnswerTable } from "../tables/answerTable.js";
import { type AnswerColumns, JsonPieces } from "../tables/tableAnswer.js";

export const tagColumns: AnswerColumns = { names: ["words", "tags"], prefix: "predicted" };

/** @param output of sentences that are in no table @param column the column of CoNLL-U that the tagger was trained on */
export const tagForm = (
  tables: AnswerTable | undefined,
  { output, column }: { output: TagOutput; column: TagColumn },
): AnswerForm<TaggedSentence> => ({
  tables,
  inTable: (sentence) =>
    output === "jsonl" // the words of a long sentence can be read once
      ? { cells: [], members: { words: new JsonPieces(() => tagsJson(sentence)) } }
      : { cells: tagCells(sentence), members: {} },
  alone: (sentence) => tagText(sentence, { output, column }),
});

/** The words of a sentence and their tags, each with spaces between them. */
function tagCells(one: TaggedSentence): [words: string, tags: string] {
  const words: string[] = [];
  const tags: string[] = [];
  for (const piece of piecesOf(one)) {
    words.push(piece.words.map(withoutSpaces).join(" "));
    tags.push(piece.tags.map(({ tag }) => withoutSpaces(tag)).join(" "));
  }
  return [words.join(" "), tags.join(" ")];
}

/** The list of the words with their tags as JSON. */
function* tagsJson(one: TaggedSentence): Generator<string> {
  let first = 0;
  yield "[";
  for (const piece of piecesOf(one)) {
    yield wordsJson(piece, first);
    first += piece.words.length;
  }
  yield "]";
}
