/** @file `rnn tune`: searches for good options for a corpus. */
import { UsageError } from "../../common/errors.js";
import { formatOptions } from "../../options/optionKinds.js";
import { cacheOptions, engineOptions, runOptions, tuneOptions } from "../../options/options.js";
import { recipeOptions } from "../../options/recipeOptions.js";
import { command } from "./command.js";

const { task } = runOptions;

export default command({
  usage: "tune [corpus..]",
  reads: "a corpus, as `rnn train` does; options of `rnn train` that are given are fixed in all runs",
  writes: "the `rnn train` command of the best setting to stdout; the runs to stderr",
  options: {
    ...tuneOptions,
    ...cacheOptions,
    task,
    ...recipeOptions,
    ...formatOptions("text", "json"),
    ...engineOptions,
  },
  examples: [
    ["rnn tune corpora/reviews.csv --for 20m", "nine settings at first, then longer runs of the best"],
    ["rnn tune corpora/fables.txt --for 5m --cell gru | sh", "and train with the best one"],
  ],
  handler: async ({ tries: count, format }, { given, words: corpus }) => {
    if (corpus.length === 0)
      throw new UsageError("could not tune, because no corpus was given; try `rnn tune corpora/reviews.csv`");
    if (given.epochs !== undefined)
      throw new UsageError("--epochs has no effect with `rnn tune`; use --for with the time of all tries together");
    const { terminal } = await import("../terminal/terminal.js");
    const { Interruption } = await import("../terminal/input.js");
    const { watchTuning } = await import("../terminal/watchExperiments.js");
    const library = await import("../../library/experimentRuns.js");
    const { triesTable, tuningJson, tuningVerdict } = await import("../../render/tuningTable.js");
    const { format: _format, ...chosen } = given;
    const json = format === "json";
    const interruption = new Interruption();
    interruption.begin();
    const run = library.tune(corpus, { ...chosen, tries: count, signal: interruption.signal });
    const { tries, summary, command: line } = library.tuningOf(corpus, await watchTuning(run), given);
    if (summary) {
      terminal.note(`\n${triesTable(summary, terminal.noteWidth())}\n${tuningVerdict(summary)}`);
      if (!json) terminal.note("\nto train with the best setting:");
      await terminal.write(json ? tuningJson(summary, tries, line!) : `${line!}\n`);
    }
    return interruption.signal.aborted ? 130 : 0;
  },
});
