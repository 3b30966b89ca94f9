/** @file `rnn classify`: predicts a label with its probability, or a number, for each line of text or sequence of numbers. */
import { corpusOptions, labelOptions, rowOptions, textOptions } from "../../options/corpusOptions.js";
import { tableOptions, workerOptions } from "../../options/options.js";
import { checkpointOptions, classifyOptions, engineOptions } from "../../options/options.js";
import type { ItemAnswers } from "../../inference/classification/predictionLines.js";
import type { Engine, Model } from "../../model/model.js";
import type { ExplanationMethod } from "../../common/names.js";
import { UsageError } from "../../common/errors.js";
import { refuseWithoutEffect } from "../../options/optionEffect.js";
import { workerOrder } from "../workers/workerOrder.js";
import { command } from "./command.js";

export default command({
  usage: "classify [files..]",
  reads: "a text per line, the text column of csv, tsv and jsonl files, or rows of numbers; a checkpoint",
  writes: "label<TAB>probability or a number, one line for each text or sequence",
  options: {
    ...checkpointOptions,
    ...textOptions,
    "label-column": { ...corpusOptions["label-column"], advanced: true },
    "label-map": {
      ...labelOptions["label-map"],
      describe: "other names of the printed labels, as in 0=negative,1=positive",
    },
    "value-columns": rowOptions["value-columns"],
    ...classifyOptions,
    ...tableOptions("tsv", "csv", "jsonl"),
    ...workerOptions,
    ...engineOptions,
  },
  examples: [
    ['echo "not bad at all" | rnn classify', "with the newest classifier, else the bundled critic"],
    ["rnn classify reviews.csv --text-column text --json", "a column of a csv file"],
    ["rnn classify --top 3 < questions.txt", "the three most probable labels"],
    ["rnn classify -c digits t10k-images-idx3-ubyte.gz", "sequences of numbers"],
    ['echo "not bad at all" | rnn classify --explain', "with the words that moved the label"],
  ],
  handler: async (
    { checkpoint, top: most, all, explain, format, idColumn, workers, ...options },
    { words: files, given },
  ) => {
    refuseWithoutEffect(classifyOptions, given, options);
    if (all && given.top !== undefined) throw new UsageError("--top has no effect with --all; remove one of them");
    const top = all ? Infinity : most;
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { predictionLines } = await import("../../inference/classification/predictionLines.js");
    const model = await openModel(checkpoint, ["classifier", "regressor"], options);
    const { counted, linesIn, Unanswered, wordColors } = await import("../terminal/streamResults.js");
    const names = files.length > 0 ? files : ["-"];
    const unanswered = new Unanswered();
    const reading = {
      ...options,
      standardInput,
      onUnreadable: unanswered.add,
      onNote: (line: string) => terminal.note(line),
    };
    const answers = await answersBy(model, { explain, workers, engine: options });
    const inTable = given.format !== undefined;
    const colors = explain !== undefined && !inTable && idColumn === undefined ? wordColors() : undefined;
    const written = { top, explain, format, inTable, idColumn, wordColors: colors, ...(answers && { answers }) };
    const lines = predictionLines(model, names, { ...reading, ...written });
    await terminal.stream(counted(lines, "lines", linesIn), { colored: colors !== undefined });
    unanswered.check();
  },
});

type Answering = { explain: ExplanationMethod | undefined; workers: number; engine: Engine };

/** Answers of several processes, or with explanations; undefined for those that `predictionLines` gives. */
async function answersBy(model: Model, answering: Answering): Promise<ItemAnswers | undefined> {
  if (answering.workers > 1) return sharedAnswers(model, answering);
  if (!answering.explain) return undefined;
  const { explainedItems } = await import("../../inference/classification/explainedAnswers.js");
  return explainedItems(model, answering.explain);
}

/** Answers of several processes. */
async function sharedAnswers(model: Model, { explain, workers, engine }: Answering): Promise<ItemAnswers> {
  const { inParallel } = await import("../workers/workerPool.js");
  const { batchItems } = await import("../../inference/classification/outputs.js");
  const order = { ...workerOrder("classify", model, engine), explain };
  return (items) =>
    inParallel(items, { order, workers, batchItems, itemOf: (item) => item, answerOf: (_, answer) => answer });
}
