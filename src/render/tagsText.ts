/** @file Tagged sentences: word<TAB>tag with an empty line after each sentence, CoNLL-U, or a JSON object for each sentence. */
import type { TagColumn } from "../common/names.js";
import type { LongSentence, Sentence } from "../inference/tagging/sentenceReader.js";
import type { Tagged, TaggedPieces, TaggedWords } from "../inference/tagging/tag.js";
import { isUnreadable, type Unreadable } from "../corpus/document.js";
import { conlluRow, withTags } from "../corpus/formats/conllu.js";
import { textPieces } from "../tokenizers/codeUnits.js";
import { tsvCell, tsvError } from "./tsvCell.js";

export type TagOutput = "conll" | "conllu" | "jsonl";

/** How a sentence of plain text is written: before its words, for each piece of them, and after them. */
type Writer = {
  begin: (text: string) => Iterable<string>;
  /** @param first the index of the first word in the sentence */
  rows: (tagged: TaggedWords, first: number, column: TagColumn) => string;
  end: string;
};

const writers: { [Name in TagOutput]: Writer } = {
  conll: {
    begin: () => [],
    rows: ({ words, tags }) => words.map((word, index) => `${tsvCell(word)}\t${tsvCell(tags[index]!.tag)}\n`).join(""),
    end: "\n",
  },
  conllu: {
    begin: function* (text) {
      yield "# text = ";
      yield* textPieces(text, pieceUnits);
      yield "\n";
    },
    rows: ({ words, tags }, first, column) =>
      words.map((word, index) => `${conlluRow(first + index + 1, word, tags[index]!.tag, column)}\n`).join(""),
    end: "\n",
  },
  jsonl: {
    begin: () => [`{"words":[`],
    rows: wordsJson,
    end: "]}\n",
  },
};

/** Words with their tags as the elements of a list. @param first the index of the first word in its sentence */
export function wordsJson({ words, tags }: TaggedWords, first: number): string {
  return words
    .map((word, index) => {
      const { tag, probability } = tags[index]!;
      const separator = first + index === 0 ? "" : ",";
      return separator + JSON.stringify({ word, tag, probability: Number(probability.toFixed(4)) });
    })
    .join("");
}

/** Code units of a long line that are written at once. */
const pieceUnits = 2 ** 20;

/** In the place of a sentence that could not be read. */
const errors: { [Name in TagOutput]: (row: Unreadable) => string } = {
  conll: ({ reason }) => `${tsvError(reason, 2)}\n\n`,
  conllu: ({ reason }) => `# error = ${tsvCell(reason)}\n\n`,
  jsonl: ({ line, reason }) => `${JSON.stringify({ error: reason, line })}\n`,
};

export type TaggedSentence = Tagged<Sentence> | TaggedPieces<LongSentence>;

/** A long sentence comes in pieces. @param column the column of CoNLL-U that the tagger was trained on */
export const tagText = (
  tagged: TaggedSentence | Unreadable,
  { output, column }: { output: TagOutput; column: TagColumn },
): Iterable<string> => (isUnreadable(tagged) ? [errors[output](tagged)] : sentenceText(tagged, output, column));

/** The pieces of a sentence, which can be read once if it is long. */
export const piecesOf = (one: TaggedSentence): Iterable<TaggedWords> =>
  "pieces" in one ? one.pieces : [{ words: one.sentence.words, tags: one.tags }];

function* sentenceText(one: TaggedSentence, output: TagOutput, column: TagColumn): Generator<string> {
  const { source } = one.sentence;
  if (output === "conllu" && typeof source !== "string" && "tags" in one) {
    yield withTags(
      source,
      one.tags.map(({ tag }) => tag),
      column,
    );
    return;
  }
  const { begin, rows, end } = writers[output];
  yield* begin(typeof source === "string" ? source : "");
  let first = 0;
  for (const piece of piecesOf(one)) {
    yield rows(piece, first, column);
    first += piece.words.length;
  }
  yield end;
}
