/** @file `rnn train`: a corpus in, a checkpoint out. */
import { UsageError } from "../../common/errors.js";
import { kebabCase } from "../../options/option.js";
import { engineOptions, outputOptions, runOptions } from "../../options/options.js";
import { recipeOptions } from "../../options/recipeOptions.js";
import { tasks } from "../../common/names.js";
import type { RunEvent } from "../../training/run.js";
import { command } from "./command.js";

/** What may be said anew of a run that is resumed; all else is the checkpoint's. */
const resumable = new Set(["resume", "epochs", "for", "patience", "backend", "threads", "tensorboard", "json"]);

export default command({
  usage: "train [corpus]",
  describe:
    "Train a network on a corpus: to write where it is plain text, to label or to predict numbers where it has labels, to tag where its words have tags.",
  reads: "a text, csv, tsv, jsonl, idx or conllu file (.gz too), a folder of texts, or - for standard input",
  writes:
    "a checkpoint folder; progress and the score beside its baselines on stderr, the folder's path on stdout, or with --json an object with the scores",
  options: { ...runOptions, ...recipeOptions, ...outputOptions, ...engineOptions },
  examples: [
    ["rnn train corpora/fables.txt --for 60s", "a minute on a text, then `rnn generate`"],
    ["rnn train corpora/reviews.csv", "a csv with text and labels, then `rnn classify`"],
    ["rnn train corpora/tagged.conllu", "words with tags, then `rnn tag`"],
    ["rnn train images.idx.gz --labels-file labels.idx.gz", "sequences of rows of numbers, here pictures"],
    ["rnn train weather.csv --window 24 --horizon 1 --label-column temperature", "what comes after 24 rows"],
    ["rnn train novel.txt --tokenizer words --vocabulary 10000", "words instead of characters"],
    ["rnn train corpora/reviews.csv --preset udacity-gru", "a known network; `rnn train --presets` lists them"],
    ["rnn train --resume checkpoints/fables --for 5m", "five minutes more"],
  ],
  handler: async (
    { out, resume, preset, presets, task, tensorboard, json, backend, threads },
    { given, words: [corpus] },
  ) => {
    if (presets) return listPresets();
    const { Interruption, standardInput } = await import("../terminal/input.js");
    const { watch } = await import("../terminal/watchTraining.js");
    const { findCheckpoint } = await import("../../checkpoint/checkpoint.js");
    const run = await import("../../training/run.js");
    const { recorded } = await import("../../training/tensorboard.js");
    const interruption = new Interruption();
    const follow = (events: AsyncIterable<RunEvent>): Promise<number> =>
      watch(tensorboard === undefined ? events : recorded(events, tensorboard), { interruption, json });
    const options = { given, task, backend, threads, out, stop: interruption.signal, standardInput };
    if (resume === undefined) {
      if (corpus === undefined)
        throw new UsageError("name the text to learn from, as in `rnn train corpora/fables.txt`");
      if (preset === undefined) return follow(run.train(corpus, options));
      const { loadPreset, withPreset } = await import("../../options/presets.js");
      const found = await loadPreset(preset);
      const chosen = { ...options, given: withPreset(found, given), task: task ?? found.task };
      return follow(run.train(corpus, chosen));
    }
    const fixed = Object.keys(given).find((name) => !resumable.has(name));
    if (fixed)
      throw new UsageError(`--${kebabCase(fixed)} cannot change when a run is resumed: it is as the checkpoint says`);
    const { folder } = await findCheckpoint(resume, tasks);
    return follow(run.resume(folder, { ...options, corpus }));
  },
});

async function listPresets(): Promise<void> {
  const { terminal } = await import("../terminal/terminal.js");
  const { loadPreset, presetNames } = await import("../../options/presets.js");
  for (const name of await presetNames()) await terminal.write(`${name}\t${(await loadPreset(name)).describe}\n`);
}
