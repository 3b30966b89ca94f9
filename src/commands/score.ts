/** @file `rnn score`: a line of text in, how likely a network finds it out. */
import { checkpointOptions, engineOptions, outputOptions, textOptions } from "../options.js";
import { command } from "./command.js";

export default command({
  usage: "score [files..]",
  describe: "Say how likely a network finds each line of a text.",
  reads:
    "lines of text from files or standard input, or the text column of csv, tsv and jsonl files; a checkpoint that writes",
  writes:
    "a line for each line, in order: perplexity<TAB>nats of the whole<TAB>tokens<TAB>text, each line's end counted; with --json each token's probability",
  options: { ...checkpointOptions, ...textOptions, ...outputOptions, ...engineOptions },
  examples: [
    ["rnn score -c storyteller letter.txt | sort -g | head", "the lines that are most like what it has learned from"],
    ['echo "The fox went home." | rnn score --json', "every token with its probability"],
  ],
  handler: async ({ checkpoint, json, ...options }, { words: files }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { tellChoice } = await import("../terminal/choice.js");
    const { findModel, loadTextModel } = await import("../model.js");
    const { scoreLines } = await import("../scoring/scoreLines.js");
    const { scoreText } = await import("../terminal/scores.js");
    const { textsFrom } = await import("../text/texts.js");
    const found = await findModel(checkpoint, "generator");
    tellChoice(found);
    const model = await loadTextModel(found.folder, options);
    const lines = textsFrom(files.length > 0 ? files : ["-"], options, standardInput);
    await terminal.stream(scoreText(scoreLines(model, lines), { json }));
  },
});
