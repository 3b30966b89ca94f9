/** @file The training loss of labels with class weights and label smoothing against PyTorch's CrossEntropyLoss, and balanced weights against scikit-learn's. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { labelCrossEntropy } from "../../src/engine/ops/labelCrossEntropy.js";
import { balancedWeights } from "../../src/training/labelLoss.js";
import { ones, type Rank, tensor1d, type Tensor2D } from "../support/tfjs.js";
import { backendsHere, evaluate } from "../engine/support.js";

type Case = { weights: number[] | null; smoothing: number; loss: number; gradient: number[] };
type Fixture = {
  logits: number[][];
  targets: number[];
  cases: Case[];
  balanced: { counts: number[]; weights: number[] };
};
const { logits, targets, cases, balanced } = JSON.parse(
  readFileSync(new URL("labelLoss.json", import.meta.url), "utf8"),
) as Fixture;
const classes = logits[0]!.length;

test.each(backendsHere.flatMap((backend) => cases.map((one) => ({ backend, ...one }))))(
  "labelCrossEntropy: loss and gradient on $backend are PyTorch's with weights $weights and smoothing $smoothing",
  async ({ backend, weights, smoothing, loss, gradient }) => {
    const given = [{ shape: [logits.length, classes], values: Float32Array.from(logits.flat()) }];
    const { outputs, gradients } = await evaluate(backend, given, ([values]) => [
      labelCrossEntropy(values as Tensor2D, tensor1d(targets, "int32"), {
        weights: weights ? tensor1d(weights) : ones<Rank.R1>([classes]),
        smoothing,
      }),
    ]);
    expect(outputs[0]![0]).toBeCloseTo(loss, 5);
    // The support's loss is cos(1) times the output.
    for (const [index, value] of gradient.entries()) expect(gradients[0]![index]! / Math.cos(1)).toBeCloseTo(value, 5);
  },
);

test("class weights: balanced ones are scikit-learn's", () => {
  for (const [index, weight] of balancedWeights(balanced.counts).entries())
    expect(weight).toBeCloseTo(balanced.weights[index]!, 12);
});
