/** @file `rnn tune`: a search for options that suit a corpus. */
import { UsageError } from "../../common/errors.js";
import { engineOptions, outputOptions, runOptions, tuneOptions } from "../../options/options.js";
import { recipeOptions } from "../../options/recipeOptions.js";
import { command } from "./command.js";

const { task } = runOptions;
const usualSeconds = 600;

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
  handler: async ({ tries: count, task: wanted, json, backend, threads }, { given, words: [corpus] }) => {
    if (corpus === undefined) throw new UsageError("name the text to try on, as in `rnn tune corpora/reviews.csv`");
    if (given.epochs !== undefined)
      throw new UsageError("--epochs is of no use here: --for says how long all tries take");
    const { terminal } = await import("../terminal/terminal.js");
    const { Interruption, standardInput } = await import("../terminal/input.js");
    const { tune, winnerOf } = await import("../../experiments/tuning/tune.js");
    const { trainCommand } = await import("../../experiments/tuning/trainCommandLine.js");
    const { triesTable, tryText, tuningJson, verdictText } = await import("../../render/tuningTable.js");
    const { for: seconds = usualSeconds, ...kept } = given;
    const interruption = new Interruption();
    interruption.begin();
    const options = { task: wanted, backend, threads, stop: interruption.signal, standardInput };
    const tries = [];
    for await (const done of tune(corpus, { ...options, given: kept, seconds, tries: count })) {
      terminal.note(tryText(done));
      tries.push(done);
    }
    if (tries.length > 0) {
      const winner = winnerOf(tries);
      const line = trainCommand(corpus, kept, winner.setting, winner.seconds);
      terminal.note(`\n${triesTable(tries)}\n${verdictText(tries)}`);
      await terminal.write(json ? tuningJson(tries, line) : `${line}\n`);
    }
    return interruption.signal.aborted ? 130 : 0;
  },
});
