/** @file `rnn evaluate`: a model's scores on text it has not seen. */
import { checkpointOptions, engineOptions, outputOptions, rowOptions } from "../../options/options.js";
import { tasks } from "../../common/names.js";
import { command } from "./command.js";

export default command({
  usage: "evaluate [file]",
  describe: "Score a checkpoint on text that it has not seen, beside its baselines.",
  reads: "a checkpoint, and a file like its corpus; without one the part of its corpus that was kept back",
  writes:
    "loss and perplexity; accuracy, precision, recall, F1 and the confusion matrix; or the errors of numbers and R²",
  options: { ...checkpointOptions, "labels-file": rowOptions["labels-file"], ...outputOptions, ...engineOptions },
  examples: [
    ["rnn evaluate", "the newest checkpoint on its own test part"],
    ["rnn evaluate -c critic more-reviews.csv --json", "another file, as JSON"],
  ],
  handler: async ({ checkpoint, json, labelsFile, ...options }, { words: [file] }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { withSpinner } = await import("../terminal/spinner.js");
    const { openModel } = await import("../openModel.js");
    const { evaluate } = await import("../../evaluation/evaluate.js");
    const { evaluationJson, evaluationText } = await import("../../render/scoreTable.js");
    const model = await openModel(checkpoint, tasks, options);
    const evaluation = await withSpinner(`evaluating on ${file ?? "the test part"}`, () =>
      evaluate(model, file, { standardInput, labels: labelsFile }),
    );
    if (evaluation.note !== undefined) terminal.warn(evaluation.note);
    await terminal.write(
      json
        ? evaluationJson(evaluation, model.labels)
        : evaluationText(evaluation, model.labels, terminal.outputWidth()),
    );
  },
});
