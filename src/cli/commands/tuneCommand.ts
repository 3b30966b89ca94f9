/** @file `rnn tune`: a search for options that suit a corpus. */
import { UsageError } from "../../common/errors.js";
import { engineOptions, outputOptions, runOptions, tuneOptions } from "../../options/options.js";
import { recipeOptions } from "../../options/recipeOptions.js";
import { command } from "./command.js";

const { task } = runOptions;
const defaultSeconds = 600;

export default command({
  usage: "tune [corpus]",
  describe: "Try sizes, dropout and learning rates on a corpus, for some time; say how to train with the best.",
  reads: "a corpus as `rnn train` does; an option of `rnn train` that is given holds for all tries and is not tried",
  writes: "the command that trains with what was best on stdout, the tries on stderr",
  options: { ...tuneOptions, task, ...recipeOptions, ...outputOptions, ...engineOptions },
  examples: [
    [
      "rnn tune corpora/reviews.csv --for 20m",
      "nine settings a little, three longer, the best and the defaults longest",
    ],
    ["rnn tune corpora/fables.txt --for 5m --cell gru | sh", "and train with what was found"],
  ],
  handler: async ({ tries: count, task: chosenTask, json, backend, threads }, { given, words: [corpus] }) => {
    if (corpus === undefined)
      throw new UsageError("could not tune, because no corpus was given; try `rnn tune corpora/reviews.csv`");
    if (given.epochs !== undefined)
      throw new UsageError("--epochs has no effect with `rnn tune`; use --for with the time of all tries together");
    const { terminal } = await import("../terminal/terminal.js");
    const { Interruption, standardInput } = await import("../terminal/input.js");
    const { watchTuning } = await import("../terminal/watchExperiments.js");
    const { tuneEvents, tuningSummary } = await import("../../experiments/tuning/tune.js");
    const { trainCommand } = await import("../../experiments/tuning/searchSpace.js");
    const { triesTable, tuningJson, tuningVerdict } = await import("../../render/tuningTable.js");
    const { for: seconds = defaultSeconds, ...fixed } = given;
    const interruption = new Interruption();
    interruption.begin();
    const options = { task: chosenTask, backend, threads, stop: interruption.signal, standardInput };
    const tries = await watchTuning(tuneEvents(corpus, { ...options, given: fixed, seconds, tries: count }));
    if (tries.length > 0) {
      const summary = tuningSummary(tries);
      const { setting, seconds: length } = summary.winner;
      const line = trainCommand(corpus, fixed, setting, length);
      terminal.note(`\n${triesTable(summary, terminal.noteWidth())}\n${tuningVerdict(summary)}`);
      if (!json) terminal.note("\nto train with the best setting:");
      await terminal.write(json ? tuningJson(summary, tries, line) : `${line}\n`);
    }
    return interruption.signal.aborted ? 130 : 0;
  },
});
