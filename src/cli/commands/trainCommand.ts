/** @file `rnn train`: trains a network on a corpus and saves a checkpoint. */
import { UsageError } from "../../common/errors.js";
import { kebabCase } from "../../options/option.js";
import { formatOptions } from "../../options/optionKinds.js";
import { cacheOptions, engineOptions, runOptions } from "../../options/options.js";
import { recipeOptions } from "../../options/recipeOptions.js";
import type { CrossValidateOptions } from "../../library/crossValidation.js";
import type { TrainingRun } from "../../library/trainingRuns.js";
import { command } from "./command.js";

/** Options that can change in a resumed run; the checkpoint has all others. */
const resumable = new Set([
  "resume",
  "format",
  "epochs",
  "for",
  "patience",
  "backend",
  "threads",
  "tensorboard",
  "tokenCache",
]);

export default command({
  usage: "train [corpus..]",
  reads:
    "a text, csv, tsv, json, jsonl, idx, conllu, CoNLL or fastText file (also .gz) or several, a folder of texts, or - (stdin)",
  writes: "a checkpoint folder, and its path to stdout; progress and scores to stderr",
  options: { ...runOptions, ...cacheOptions, ...recipeOptions, ...formatOptions("text", "json"), ...engineOptions },
  examples: [
    ["rnn train corpora/fables.txt --for 60s", "a generator"],
    ["rnn train corpora/reviews.csv", "a classifier of texts"],
    ["rnn train corpora/tagged.conllu", "a tagger"],
    ["rnn train corpora/reviews.csv --preset udacity-gru", "a known network"],
    ["rnn train corpora/reviews.csv --folds 5", "5-fold cross-validation"],
    ["rnn train --resume checkpoints/fables --for 5m", "five minutes more"],
    ["rnn train novel.txt --tokenizer words --vocabulary 10000", "words instead of characters"],
    ["rnn train images.idx.gz --labels-file labels.idx.gz", "images as sequences of rows of numbers"],
    ["rnn train weather.csv --window 24 --horizon 1 --label-column temperature", "a forecast from 24 rows"],
  ],
  handler: async ({ resume, presets, format, dryRun, folds, fold }, { given, words: corpus }) => {
    const json = format === "json";
    if (presets) return listPresets(json);
    const { Interruption, standardInput } = await import("../terminal/input.js");
    const { showPlan, watch } = await import("../terminal/watchTraining.js");
    const library = await import("../../library/trainingRuns.js");
    const interruption = new Interruption();
    const follow = (run: TrainingRun): Promise<number> => watch(run, { interruption, json });
    const { resume: _resume, presets: _presets, format: _format, dryRun: _dryRun, ...options } = given;
    const settings = { ...options, signal: interruption.signal, standardInput, started: 0 };
    if (resume === undefined) {
      if (corpus.length === 0)
        throw new UsageError("the corpus is missing; name one, as in `rnn train corpora/fables.txt`");
      if (folds !== undefined && fold === undefined) return crossValidation(corpus, { ...options, dryRun, json });
      if (!dryRun) return follow(library.train(corpus, settings));
      await showPlan(library.planTraining(corpus, settings), { json });
      return 0;
    }
    const fixed = Object.keys(given).find((name) => !resumable.has(name));
    if (fixed) throw new UsageError(`--${kebabCase(fixed)} cannot change in a resumed run; remove it`);
    return follow(library.resume(resume, { ...settings, corpus: corpus.length === 0 ? undefined : corpus }));
  },
});

/** Trains the networks of all folds. @returns the exit code; 130 if it was interrupted */
async function crossValidation(
  corpus: string[],
  { dryRun, json, ...options }: CrossValidateOptions & { dryRun: boolean; json: boolean },
): Promise<number> {
  if (dryRun) throw new UsageError("--dry-run plans one network; add --fold 1 to plan that of the first fold");
  const { terminal } = await import("../terminal/terminal.js");
  const { Interruption } = await import("../terminal/input.js");
  const { watchFolds } = await import("../terminal/watchExperiments.js");
  const { crossValidate } = await import("../../library/crossValidation.js");
  const { crossValidationJson } = await import("../../experiments/crossValidation/crossValidate.js");
  const { crossValidationOf } = await import("../../experiments/crossValidation/foldScores.js");
  const { foldsText } = await import("../../render/foldsTable.js");
  const interruption = new Interruption();
  interruption.begin();
  const { signal } = interruption;
  const runs = await watchFolds(crossValidate(corpus, { ...options, signal }));
  if (runs.length > 0) {
    terminal.note("");
    await terminal.write(json ? crossValidationJson(runs) : foldsText(crossValidationOf(runs), terminal.outputWidth()));
  }
  return signal.aborted ? 130 : 0;
}

async function listPresets(json: boolean): Promise<void> {
  const { terminal } = await import("../terminal/terminal.js");
  const { loadPreset, presetNames } = await import("../../options/presets.js");
  const presets = await Promise.all(
    (await presetNames()).map(async (name) => {
      const { describe, task } = await loadPreset(name);
      return { name, task, describe };
    }),
  );
  const lines = presets.map(({ name, describe }) => `${name}\t${describe}\n`).join("");
  await terminal.write(json ? `${JSON.stringify(presets)}\n` : lines);
}
