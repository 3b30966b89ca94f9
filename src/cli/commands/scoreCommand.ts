/** @file `rnn score`: a line of text in, how likely a network finds it out, or which of its words are suspect. */
import { UsageError } from "../../common/errors.js";
import { checkpointOptions, engineOptions, outputOptions, suspectOptions, textOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "score [files..]",
  describe: "Say how likely a network finds each line of a text, or which words it takes for misspelt.",
  reads:
    "lines of text from files or standard input, or the text column of csv, tsv and jsonl files; a checkpoint that writes",
  writes:
    "a line for each line, in order: perplexity<TAB>nats of the whole<TAB>tokens<TAB>text, each line's end counted; with --json each token's probability. With --suspects a line for each suspect word: line<TAB>column<TAB>word<TAB>nats that the best spelling gains<TAB>spelling…, in a terminal the words marked in their lines; with --json a line of JSON for each line",
  options: { ...checkpointOptions, ...suspectOptions, ...textOptions, ...outputOptions, ...engineOptions },
  examples: [
    ["rnn score -c storyteller letter.txt | sort -g | head", "the lines that are most like what it has learned from"],
    ['echo "The fox went home." | rnn score --json', "every token with its probability"],
    [
      'echo "The hare came to the wlel." | rnn score --suspects',
      "words that another spelling fits better, and that spelling",
    ],
  ],
  handler: async ({ checkpoint, json, suspects, threshold, ...options }, { words: files, given }) => {
    if (given.threshold !== undefined && !suspects) throw new UsageError("--threshold is of no use without --suspects");
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { textsFrom } = await import("../../corpus/readTexts.js");
    const model = await openModel(checkpoint, "generator", options);
    const lines = textsFrom(files.length > 0 ? files : ["-"], options, standardInput);
    const { counted, misspellingsText } = await import("../terminal/streamResults.js");
    if (suspects) {
      const { findMisspellings } = await import("../../inference/scoring/misspellings.js");
      const checked = counted(findMisspellings(model, lines, { threshold }), "lines");
      return terminal.stream(misspellingsText(checked, { json }));
    }
    const { scoreLines } = await import("../../inference/scoring/scoreLines.js");
    const { scoreText } = await import("../../render/lineScoresText.js");
    return terminal.stream(scoreText(counted(scoreLines(model, lines), "lines"), { json }));
  },
});
