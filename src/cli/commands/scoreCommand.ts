/** @file `rnn score`: computes the perplexity of each line of a text, or finds its misspelled words. */
import { UsageError } from "../../common/errors.js";
import { textOptions } from "../../options/corpusOptions.js";
import { formatOptions } from "../../options/optionKinds.js";
import { checkpointOptions, engineOptions, suspectOptions, workerOptions } from "../../options/options.js";
import type { Unreadable } from "../../corpus/document.js";
import type { Jobs } from "../workers/workerJobs.js";
import { workerOrder } from "../workers/workerOrder.js";
import type { ParallelWork } from "../workers/workerPool.js";
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
    ...workerOptions,
    ...engineOptions,
  },
  examples: [
    ["rnn score -c storyteller letter.txt | sort -g | head", "the most probable lines"],
    ['echo "The fox went home." | rnn score --json', "the probability of each token"],
    ['echo "The hare came to the wlel." | rnn score --suspects', "misspelled words, with better spellings"],
  ],
  handler: async ({ checkpoint, format, suspects, threshold, workers, ...options }, { words: files, given }) => {
    const json = format === "jsonl";
    if (given.threshold !== undefined && !suspects)
      throw new UsageError("--threshold has no effect without --suspects; remove it or add --suspects");
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { textEntries } = await import("../../corpus/readTexts.js");
    const { likeOf } = await import("../../model/model.js");
    const model = await openModel(checkpoint, "generator", options);
    const lines = textEntries(files.length > 0 ? files : ["-"], options, standardInput, {
      like: { ...likeOf(model), onNote: (line: string) => terminal.note(line) },
    });
    const { counted, misspellingsText, Unanswered } = await import("../terminal/streamResults.js");
    const unanswered = new Unanswered();
    if (suspects) {
      const { findMisspellings } = await import("../../inference/scoring/misspellings.js");
      const here = (some: AsyncIterable<string | Unreadable>) => findMisspellings(model, some, { threshold });
      const order = { ...workerOrder("suspects", model, options), threshold };
      const checked = unanswered.in(workers > 1 ? await shared(lines, { order, workers, here }) : here(lines));
      await terminal.stream(misspellingsText(counted(checked, "lines"), { json }), { colored: !json });
      return unanswered.check();
    }
    const { scoreLines } = await import("../../inference/scoring/scoreLines.js");
    const { scoreText } = await import("../../render/lineScoresText.js");
    const here = (some: AsyncIterable<string | Unreadable>) => scoreLines(model, some);
    const order = workerOrder("score", model, options);
    const scores = unanswered.in(workers > 1 ? await shared(lines, { order, workers, here }) : here(lines));
    await terminal.stream(scoreText(counted(scores, "lines"), { json }));
    return unanswered.check();
  },
});

/** Answers of several processes; a long line is read in this one. */
async function shared<Name extends "score" | "suspects", Answer>(
  lines: AsyncIterable<string | Unreadable>,
  work: Pick<ParallelWork<Name, string | Unreadable, Answer | Jobs[Name]["answer"]>, "order" | "workers" | "here">,
): Promise<AsyncIterable<Answer | Jobs[Name]["answer"] | Unreadable>> {
  const { inParallel } = await import("../workers/workerPool.js");
  const { batchLines, longLine } = await import("../../inference/scoring/scoreLines.js");
  return inParallel(lines, {
    ...work,
    batchItems: batchLines,
    itemOf: (line) => (line.length <= longLine ? line : undefined),
    answerOf: (_, answer) => answer,
  });
}
