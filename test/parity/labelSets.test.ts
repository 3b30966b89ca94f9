/** @file The loss of sets of labels against PyTorch's BCEWithLogitsLoss, and their scores against scikit-learn's. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { labelReport, LabelSetCounter } from "../../src/common/labelSetCounts.js";
import { binaryCrossEntropy } from "../../src/engine/ops/binaryCrossEntropy.js";
import { backendsHere, evaluate } from "../engine/support.js";
import { tensor1d, type Tensor2D } from "../support/tfjs.js";

type Scores = { accuracy: number; f1Micro: number; f1Macro: number } & Record<
  "precision" | "recall" | "f1" | "support",
  number[]
>;
type Fixture = {
  logits: number[][];
  targets: number[][];
  loss: number;
  gradient: number[];
  scores: Scores & { actual: number[][]; predicted: number[][] };
};
const { logits, targets, loss, gradient, scores } = JSON.parse(
  readFileSync(new URL("labelSets.json", import.meta.url), "utf8"),
) as Fixture;
const classes = logits[0]!.length;

test.each(backendsHere)(
  "binaryCrossEntropy: loss and gradient on %s are those of BCEWithLogitsLoss",
  async (backend) => {
    const given = [{ shape: [logits.length, classes], values: Float32Array.from(logits.flat()) }];
    const { outputs, gradients } = await evaluate(backend, given, ([values]) => [
      binaryCrossEntropy(values as Tensor2D, tensor1d(targets.flat(), "float32")),
    ]);
    expect(outputs[0]![0]! / loss).toBeCloseTo(1, 5);
    // The support's loss is cos(1) times the output.
    for (const [index, value] of gradient.entries()) expect(gradients[0]![index]! / Math.cos(1)).toBeCloseTo(value, 6);
  },
);

test("label sets: accuracy, micro and macro F1 and the scores of each label are scikit-learn's", () => {
  const counter = new LabelSetCounter(classes);
  for (const [row, actual] of scores.actual.entries())
    counter.add((label) => scores.predicted[row]![label] === 1, actual);
  const { labelCounts, ...found } = counter.finish();
  for (const name of ["accuracy", "f1Micro", "f1Macro"] as const) expect(found[name]).toBeCloseTo(scores[name], 12);
  for (const [label, counts] of labelCounts.entries()) {
    const report = labelReport(counts);
    for (const name of ["precision", "recall", "f1", "support"] as const)
      expect(report[name]).toBeCloseTo(scores[name][label]!, 12);
  }
});
