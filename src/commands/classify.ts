/** @file `rnn classify`: a line of text in, its label and probability out. */
import { checkpointOptions, classifyOptions, engineOptions, textOptions } from "../options.js";
import { command } from "./command.js";

export default command({
  usage: "classify [files..]",
  describe: "Label texts.",
  reads: "lines of text from files or standard input, or the text column of csv, tsv and jsonl files; a checkpoint",
  writes: "a line for each text, in order: label<TAB>probability, or JSON with --format jsonl",
  options: { ...checkpointOptions, ...classifyOptions, ...textOptions, ...engineOptions },
  examples: [
    ['echo "not bad at all" | rnn classify', "with the newest checkpoint that labels, else the bundled critic"],
    ["rnn classify reviews.csv --text-column text --format jsonl", "a column of a csv"],
    ["rnn classify --top 3 < questions.txt", "the three likeliest labels of each line"],
  ],
  handler: async ({ checkpoint, top, format, ...options }, { words: files }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { tellChoice } = await import("../terminal/choice.js");
    const { findModel, loadModel } = await import("../model.js");
    const { classify } = await import("../classify/classify.js");
    const { answers } = await import("../classify/formats.js");
    const { textsFrom } = await import("../text/texts.js");
    const found = await findModel(checkpoint, "classifier");
    tellChoice(found);
    const model = await loadModel(found.folder, options);
    const texts = textsFrom(files.length > 0 ? files : ["-"], options, standardInput);
    await terminal.stream(answers(classify(model, texts), { top, format }));
  },
});
