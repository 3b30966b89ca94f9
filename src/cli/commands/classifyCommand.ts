/** @file `rnn classify`: a line of text, or a sequence of numbers, in; its label and probability, or its number, out. */
import { checkpointOptions, classifyOptions, engineOptions, rowOptions, textOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "classify [files..]",
  describe: "Label texts or sequences of numbers, or predict a number for each.",
  reads:
    "lines of text from files or standard input, the text column of csv, tsv and jsonl files, or rows of numbers in csv, tsv, jsonl and idx files; a checkpoint",
  writes: "a line for each, in order: label<TAB>probability or a number, or JSON with --format jsonl",
  options: {
    ...checkpointOptions,
    ...classifyOptions,
    ...textOptions,
    "value-columns": rowOptions["value-columns"],
    ...engineOptions,
  },
  examples: [
    ['echo "not bad at all" | rnn classify', "with the newest checkpoint that labels, else the bundled critic"],
    ["rnn classify reviews.csv --text-column text --format jsonl", "a column of a csv"],
    ["rnn classify --top 3 < questions.txt", "the three likeliest labels of each line"],
    ["rnn classify -c digits t10k-images-idx3-ubyte.gz", "sequences of numbers"],
  ],
  handler: async ({ checkpoint, top, format, ...options }, { words: files }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { predictionLines } = await import("../../inference/classification/predictionLines.js");
    const model = await openModel(checkpoint, ["classifier", "regressor"], options);
    await terminal.stream(
      predictionLines(model, files.length > 0 ? files : ["-"], { ...options, top, format, standardInput }),
    );
  },
});
