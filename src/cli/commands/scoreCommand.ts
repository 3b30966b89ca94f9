/** @file `rnn score`: computes the perplexity of each line of a text, or finds its misspelled words. */
import { UsageError } from "../../common/errors.js";
import { textOptions } from "../../options/corpusOptions.js";
import { formatOptions } from "../../options/optionKinds.js";
import { checkpointOptions, engineOptions, suspectOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "score [files..]",
  describe: "Compute the perplexity of each line of a text, or find its misspelled words.",
  reads: "a text per line, or the text column of csv, tsv and jsonl files; a checkpoint of a generator",
  writes:
    "perplexity<TAB>nats<TAB>tokens<TAB>text, one line for each line; with --json the probability of each token. With --suspects line<TAB>column<TAB>word<TAB>gain in nats<TAB>spelling…",
  options: {
    ...checkpointOptions,
    ...textOptions,
    ...suspectOptions,
    ...formatOptions("tsv", "jsonl"),
    ...engineOptions,
  },
  examples: [
    ["rnn score -c storyteller letter.txt | sort -g | head", "the most probable lines"],
    ['echo "The fox went home." | rnn score --json', "the probability of each token"],
    ['echo "The hare came to the wlel." | rnn score --suspects', "misspelled words, with better spellings"],
  ],
  handler: async ({ checkpoint, format, suspects, threshold, ...options }, { words: files, given }) => {
    const json = format === "jsonl";
    if (given.threshold !== undefined && !suspects)
      throw new UsageError("--threshold has no effect without --suspects; remove it or add --suspects");
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { textEntries } = await import("../../corpus/readTexts.js");
    const model = await openModel(checkpoint, "generator", options);
    const lines = textEntries(files.length > 0 ? files : ["-"], options, standardInput);
    const { counted, misspellingsText, Unanswered } = await import("../terminal/streamResults.js");
    const unanswered = new Unanswered();
    if (suspects) {
      const { findMisspellings } = await import("../../inference/scoring/misspellings.js");
      const checked = unanswered.in(findMisspellings(model, lines, { threshold }));
      await terminal.stream(misspellingsText(counted(checked, "lines"), { json }), { colored: !json });
      return unanswered.check();
    }
    const { scoreLines } = await import("../../inference/scoring/scoreLines.js");
    const { scoreText } = await import("../../render/lineScoresText.js");
    const scores = unanswered.in(scoreLines(model, lines));
    await terminal.stream(scoreText(counted(scores, "lines"), { json }));
    return unanswered.check();
  },
});
