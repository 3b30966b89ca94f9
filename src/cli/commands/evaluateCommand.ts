/** @file `rnn evaluate`: scores a model on its test part or on a file. */
import { basename } from "node:path";
import { UsageError } from "../../common/errors.js";
import { corpusOptions, labelOptions, rowOptions, textOptions } from "../../options/corpusOptions.js";
import { formatOptions } from "../../options/optionKinds.js";
import { refuseWithoutEffect } from "../../options/optionEffect.js";
import {
  adaptationOptions,
  cacheOptions,
  checkpointOptions,
  engineOptions,
  labelScoreOptions,
  memorizationOptions,
} from "../../options/options.js";
import { tasks } from "../../common/names.js";
import { command } from "./command.js";

export default command({
  usage: "evaluate [files..]",
  reads: "a checkpoint, and a file in the form of its corpus; without one, the test part of its corpus",
  writes: "loss and perplexity; accuracy, calibration, scores by label and confusion matrix; or errors and R²",
  options: {
    ...checkpointOptions,
    ...adaptationOptions,
    ...cacheOptions,
    ...textOptions,
    "label-column": corpusOptions["label-column"],
    ...labelOptions,
    strict: corpusOptions.strict,
    ...labelScoreOptions,
    ...memorizationOptions,
    "value-columns": rowOptions["value-columns"],
    "labels-file": { ...rowOptions["labels-file"], advanced: false },
    ...formatOptions("text", "json"),
    ...engineOptions,
  },
  examples: [
    ["rnn evaluate", "the newest checkpoint on its own test part"],
    ["rnn evaluate -c fables --memorization", "what it copies from its training text"],
    ["rnn evaluate -c critic more-reviews.csv --json", "another file"],
    ["rnn evaluate -c new --against old --mistakes 10", "whether it is better than another, and where it fails"],
  ],
  handler: async (
    { checkpoint, format, tokenCache, mistakes, reliability, against, memorization, ...options },
    { words, given },
  ) => {
    refuseWithoutEffect(adaptationOptions, given, options);
    const { neuralCache, cacheTheta, cacheWeight, dynamic } = options;
    const adaptation = { neuralCache, cacheTheta, cacheWeight, dynamic };
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { withSpinner } = await import("../terminal/spinner.js");
    const { pathText } = await import("../../corpus/sources/corpusPath.js");
    const { openModel } = await import("../openModel.js");
    const { evaluate } = await import("../../evaluation/evaluate.js");
    const { evaluationJson, evaluationText } = await import("../../render/scoreTable.js");
    const { memorizationText } = await import("../../render/memorizationText.js");
    const { textModel } = await import("../../model/rebuild.js");
    const files = words.length === 0 ? undefined : words;
    const model = await openModel(checkpoint, tasks, options);
    if (reliability && (model.labels.length === 0 || model.recipe.multilabel))
      throw new UsageError(
        `--reliability has no effect on a ${model.recipe.multilabel ? "classifier of several labels a text" : model.task}; remove it`,
      );
    if (memorization && model.task !== "generator")
      throw new UsageError(`--memorization has no effect on a ${model.task}; remove it`);
    const other = against === undefined ? undefined : await openModel(against, "classifier", options);
    const evaluation = await withSpinner(`evaluating on ${files ? pathText(files) : "the test part"}`, () =>
      evaluate(model, files, {
        standardInput,
        reading: given,
        onNote: (line) => terminal.warn(line),
        tokenCache,
        ...(given.mistakes !== undefined && { mistakes }),
        against: other,
        ...adaptation,
      }),
    );
    if (evaluation.note !== undefined) terminal.warn(evaluation.note);
    const copied = memorization
      ? await withSpinner("comparing generated texts with the training text", async () => {
          const { memorizationOf } = await import("../../inference/copying/memorization.js");
          return memorizationOf(textModel(model), { tokenCache });
        })
      : undefined;
    await terminal.write(
      format === "json"
        ? evaluationJson({ ...evaluation, ...(copied && { memorization: copied }) }, model.labels)
        : evaluationText(evaluation, model.labels, {
            width: terminal.outputWidth(),
            name: basename(model.folder),
            reliability,
          }) + (copied ? `\n${memorizationText(copied, terminal.outputWidth())}` : ""),
    );
  },
});
