/** @file Tagged sentences: word<TAB>tag with an empty line after each sentence, CoNLL-U, or a JSON object for each sentence. */
import type { TagColumn } from "../common/names.js";
import type { Sentence } from "../inference/tagging/sentenceReader.js";
import type { Tag, Tagged } from "../inference/tagging/tag.js";
import { isUnreadable, type Unreadable } from "../corpus/document.js";
import { withTags } from "../corpus/formats/conllu.js";
import { tsvCell, tsvError } from "./tsvCell.js";

export type TagOutput = "tsv" | "conllu" | "jsonl";

type Write = (sentence: Sentence, tags: readonly Tag[], column: TagColumn) => string;

const outputs: { [Name in TagOutput]: Write } = {
  tsv: ({ words }, tags) =>
    `${words.map((word, index) => `${tsvCell(word)}\t${tsvCell(tags[index]!.tag)}\n`).join("")}\n`,
  conllu: ({ conllu }, tags, column) =>
    withTags(
      conllu,
      tags.map(({ tag }) => tag),
      column,
    ),
  jsonl: ({ words }, tags) =>
    `${JSON.stringify({
      words: words.map((word, index) => ({
        word,
        tag: tags[index]!.tag,
        probability: Number(tags[index]!.probability.toFixed(4)),
      })),
    })}\n`,
};

/** In the place of a sentence that could not be read. */
const errors: { [Name in TagOutput]: (row: Unreadable) => string } = {
  tsv: ({ reason }) => `${tsvError(reason, 2)}\n\n`,
  conllu: ({ reason }) => `# error = ${tsvCell(reason)}\n\n`,
  jsonl: ({ line, reason }) => `${JSON.stringify({ error: reason, line })}\n`,
};

/** @param column the column of CoNLL-U that the tagger was trained on */
export async function* tagText(
  tagged: AsyncIterable<Tagged<Sentence> | Unreadable>,
  { output, column }: { output: TagOutput; column: TagColumn },
): AsyncGenerator<string> {
  for await (const one of tagged)
    yield isUnreadable(one) ? errors[output](one) : outputs[output](one.sentence, one.tags, column);
}
