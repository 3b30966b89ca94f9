/** @file Tagged sentences: word<TAB>tag with an empty line after each sentence, CoNLL-U, or a JSON object for each sentence. */
import type { TagColumn } from "../common/names.js";
import type { Sentence } from "../inference/tagging/sentenceReader.js";
import type { Tag } from "../inference/tagging/tag.js";
import { withTags } from "../corpus/formats/conllu.js";

export type TagOutput = "tsv" | "conllu" | "jsonl";

type Write = (sentence: Sentence, tags: readonly Tag[], column: TagColumn) => string;

const outputs: { [Name in TagOutput]: Write } = {
  tsv: ({ words }, tags) => `${words.map((word, index) => `${word}\t${tags[index]!.tag}\n`).join("")}\n`,
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

/** @param column the column of CoNLL-U that the tagger was trained on */
export async function* tagText(
  tagged: AsyncIterable<{ sentence: Sentence; tags: Tag[] }>,
  { output, column }: { output: TagOutput; column: TagColumn },
): AsyncGenerator<string> {
  for await (const { sentence, tags } of tagged) yield outputs[output](sentence, tags, column);
}
