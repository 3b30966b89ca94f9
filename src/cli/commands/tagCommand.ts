/** @file `rnn tag`: predicts a tag for each word of sentences. */
import { formatOptions } from "../../options/optionKinds.js";
import { checkpointOptions, engineOptions, tagOptions, workerOptions } from "../../options/options.js";
import type { Unreadable } from "../../corpus/document.js";
import type { LongSentence, Sentence } from "../../inference/tagging/sentenceReader.js";
import type { Tagged, TaggedPieces } from "../../inference/tagging/tag.js";
import type { Engine, TextModel } from "../../model/model.js";
import { workerOrder } from "../workers/workerOrder.js";
import { command } from "./command.js";

const { format: tagFormat } = formatOptions("tsv", "conllu", "jsonl");

export default command({
  usage: "tag [files..]",
  describe: "Tag the words of sentences, for example with parts of speech.",
  reads: "a sentence per line, or CoNLL-U and CoNLL files, recognized by their contents; a checkpoint of a tagger",
  writes: "word<TAB>tag, and an empty line after each sentence; or CoNLL-U; or an object per sentence",
  options: {
    ...checkpointOptions,
    ...tagOptions,
    format: { ...tagFormat, aliases: ["output"] },
    ...workerOptions,
    ...engineOptions,
  },
  examples: [
    ['echo "The dog barks." | rnn tag', "with the newest tagger"],
    ["rnn tag -c ewt sentences.conllu --format conllu", "a CoNLL-U file with its tags replaced"],
  ],
  handler: async ({ checkpoint, inputFormat, encoding, format, workers, ...engine }, { words: files }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { tagText } = await import("../../render/tagsText.js");
    const { sentencesFrom } = await import("../../inference/tagging/sentenceReader.js");
    const { tag } = await import("../../inference/tagging/tag.js");
    const model = await openModel(checkpoint, "tagger", engine);
    const named = files.length > 0 ? files : ["-"];
    const onNote = (line: string): void => terminal.note(line);
    const sentences = sentencesFrom(named, model.tokenizer, { inputFormat, encoding, onNote }, standardInput);
    const column = model.recipe.tagColumn === "xpos" ? "xpos" : "upos";
    const { counted, Unanswered } = await import("../terminal/streamResults.js");
    const unanswered = new Unanswered();
    const answers = workers > 1 ? await sharedTags(model, sentences, workers, engine) : tag(model, sentences);
    const tagged = counted(unanswered.in(answers), "sentences");
    await terminal.stream(tagText(tagged, { output: format, column }));
    unanswered.check();
  },
});

type SentenceEntry = Sentence | LongSentence | Unreadable;
type SentenceTags = Tagged<Sentence> | TaggedPieces<LongSentence>;

/** Tags of several processes; a long sentence is tagged in this one. */
async function sharedTags(
  model: TextModel,
  sentences: AsyncIterable<SentenceEntry>,
  workers: number,
  engine: Engine,
): Promise<AsyncIterable<SentenceTags | Unreadable>> {
  const { inParallel } = await import("../workers/workerPool.js");
  const { batchSentences, longestWhole, tag } = await import("../../inference/tagging/tag.js");
  const isShort = (sentence: Sentence | LongSentence): sentence is Sentence =>
    Array.isArray(sentence.words) && sentence.words.length <= longestWhole;
  return inParallel<"tag", SentenceEntry, SentenceTags>(sentences, {
    order: workerOrder("tag", model, engine),
    workers,
    batchItems: batchSentences,
    itemOf: (sentence) => (isShort(sentence) ? sentence.words : undefined),
    answerOf: (sentence, tags) => ({ sentence: sentence as Sentence, tags }),
    here: (some) => tag(model, some),
  });
}
