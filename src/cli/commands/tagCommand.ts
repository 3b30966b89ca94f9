/** @file `rnn tag`: predicts a tag for each word of sentences. */
import { UsageError } from "../../common/errors.js";
import type { Unreadable } from "../../corpus/document.js";
import type { LongSentence, Sentence, SentenceEntry } from "../../inference/tagging/sentenceReader.js";
import type { Tagged, TaggedPieces } from "../../inference/tagging/tag.js";
import type { TableFormat } from "../../inference/tables/tableAnswer.js";
import type { Engine, TextModel } from "../../model/model.js";
import { checkpointOptions, engineOptions, tableOptions, tagOptions, workerOptions } from "../../options/options.js";
import type { TagOutput } from "../../render/tagsText.js";
import { workerOrder } from "../workers/workerOrder.js";
import { command } from "./command.js";

const tagTables = tableOptions("conll", "conllu", "csv", "tsv", "jsonl");
type TagFormat = TagOutput | TableFormat;

export default command({
  usage: "tag [files..]",
  reads:
    "a sentence per line, the text column of csv, tsv and jsonl files, or CoNLL-U and CoNLL files, recognized by their contents; a checkpoint of a tagger",
  writes:
    "word<TAB>tag, and an empty line after each sentence; or CoNLL-U; or a row with words and tags, or an object, per sentence",
  options: {
    ...checkpointOptions,
    ...tagOptions,
    ...tagTables,
    format: { ...tagTables.format, aliases: ["output"] },
    ...workerOptions,
    ...engineOptions,
  },
  examples: [
    ['echo "The dog barks." | rnn tag', "with the newest tagger"],
    ["rnn tag -c ewt sentences.conllu --format conllu", "a CoNLL-U file with its tags replaced"],
    ["rnn tag -c ewt reviews.csv --format csv", "the table with words and tags in further columns"],
  ],
  handler: async ({ checkpoint, format: _format, idColumn, workers, ...options }, { words: files, given }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { likeOf } = await import("../../model/model.js");
    const { sentencesFrom } = await import("../../inference/tagging/sentenceReader.js");
    const { tag } = await import("../../inference/tagging/tag.js");
    const { tagColumns, tagForm } = await import("../../inference/tagging/taggedRows.js");
    const { answerRows, AnswerTable } = await import("../../inference/tables/answerTable.js");
    const { beside } = await import("../../inference/batching.js");
    const model = await openModel(checkpoint, "tagger", options);
    const onNote = (line: string): void => terminal.note(line);
    const { layout, output } = layoutOf(given.format, idColumn);
    const tables = layout && new AnswerTable({ ...layout, columns: tagColumns, onNote });
    const named = files.length > 0 ? files : ["-"];
    const reading = { like: { ...likeOf(model), onNote }, ...(tables && { onTable: tables.open }) };
    const sentences = sentencesFrom(named, model.tokenizer, options, standardInput, reading);
    const column = model.recipe.tagColumn === "xpos" ? "xpos" : "upos";
    const { counted, Unanswered } = await import("../terminal/streamResults.js");
    const unanswered = new Unanswered();
    const answer = workers > 1 ? await sharedTags(model, workers, options) : (some: Sentences) => tag(model, some);
    const tagged = beside(sentences, (some: Sentences) => unanswered.in<SentenceTags>(answer(some)));
    await terminal.stream(answerRows(counted(tagged, "sentences"), tagForm(tables, { output, column })));
    unanswered.check();
  },
});

/** The layout of tables, if the results are in tables, and that of other sentences. */
function layoutOf(
  format: TagFormat | undefined,
  idColumn: string | undefined,
): { layout: { format: TableFormat; idColumn: string | undefined } | undefined; output: TagOutput } {
  if (format === "conllu" || format === "conll") {
    if (idColumn === undefined) return { layout: undefined, output: format };
    throw new UsageError(`--id-column has no effect on --format ${format}; use --format csv, tsv or jsonl`);
  }
  const output = format === "jsonl" ? "jsonl" : "conll";
  const isTable = format !== undefined || idColumn !== undefined;
  return { layout: isTable ? { format: format ?? "tsv", idColumn } : undefined, output };
}

type Entry = SentenceEntry["entry"];
type Sentences = AsyncIterable<Entry>;
type SentenceTags = Tagged<Sentence> | TaggedPieces<LongSentence>;

/** Tags of several processes; a long sentence is tagged in this one. */
async function sharedTags(
  model: TextModel,
  workers: number,
  engine: Engine,
): Promise<(sentences: Sentences) => AsyncIterable<SentenceTags | Unreadable>> {
  const { inParallel } = await import("../workers/workerPool.js");
  const { batchSentences, longestWhole, tag } = await import("../../inference/tagging/tag.js");
  const isShort = (sentence: Sentence | LongSentence): sentence is Sentence =>
    Array.isArray(sentence.words) && sentence.words.length <= longestWhole;
  return (sentences) =>
    inParallel<"tag", Entry, SentenceTags>(sentences, {
      order: workerOrder("tag", model, engine),
      workers,
      batchItems: batchSentences,
      itemOf: (sentence) => (isShort(sentence) ? sentence.words : undefined),
      answerOf: (sentence, tags) => ({ sentence: sentence as Sentence, tags }),
      here: (some) => tag(model, some),
    });
}
