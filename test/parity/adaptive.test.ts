/** @file The adaptive softmax against PyTorch's AdaptiveLogSoftmaxWithLoss: all log probabilities, the loss and its gradients. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { selectBackend } from "../../src/engine/backends/index.js";
import {
  type Tensor,
  tensor,
  tensor1d,
  type Tensor1D,
  type Tensor2D,
  tidy,
  variable,
  variableGrads,
} from "../../src/engine/tfjs.js";
import {
  type AdaptiveHead,
  adaptiveCrossEntropy,
  adaptiveLogProbabilities,
  tailsOf,
  tailWeights,
} from "../../src/network/adaptiveSoftmax.js";
import { initializations } from "../../src/network/initializers.js";
import { backendsHere } from "../engine/support.js";

type Values = { shape: number[]; values: number[] };
type Fixture = {
  cases: {
    width: number;
    classes: number;
    cutoffs: number[];
    divValue: number;
    targets: number[];
    features: Values;
    weights: Record<string, Values>;
    logProbabilities: number[];
    loss: number;
    gradients: Record<string, number[]>;
  }[];
};

const { cases } = JSON.parse(readFileSync(new URL("adaptive.json", import.meta.url), "utf8")) as Fixture;

/** Expects each number within 1e-5: absolute if it is small, else relative. */
function expectClose(found: Float32Array, expected: number[]): void {
  const errors = expected.map((value, index) => Math.abs(found[index]! - value) / Math.max(1, Math.abs(value)));
  expect(found.length).toBe(expected.length);
  expect(Math.max(...errors)).toBeLessThan(1e-5);
}

test.each(cases)("adaptive softmax: the clusters' weights have PyTorch's shapes (cutoffs $cutoffs)", (one) => {
  const specs = [...tailWeights(one, one.classes, one.width, initializations.keras())];
  const tails = Object.entries(one.weights).filter(([name]) => name.startsWith("head/tail/"));
  expect(specs.map(([name, { shape }]) => [name, shape])).toEqual(tails.map(([name, { shape }]) => [name, shape]));
});

for (const backend of backendsHere) {
  test.each(cases)(
    `adaptive softmax: probabilities, loss and gradients on ${backend} match PyTorch (cutoffs $cutoffs)`,
    async (one) => {
      await selectBackend(backend);
      const variables = new Map(
        Object.entries({ features: one.features, ...one.weights }).map(([name, { shape, values }]) => [
          name,
          tidy(() => variable(tensor(values, shape, "float32"))),
        ]),
      );
      const weight = (name: string): Tensor2D => variables.get(name)! as Tensor as Tensor2D;
      const head: AdaptiveHead = {
        kernel: weight("head/kernel"),
        bias: variables.get("head/bias")! as Tensor as Tensor1D,
        tails: tailsOf(one, one.classes, weight),
      };
      expectClose(
        tidy(() => adaptiveLogProbabilities(weight("features"), head).dataSync<"float32">()),
        one.logProbabilities,
      );
      const { value, grads } = variableGrads(() =>
        adaptiveCrossEntropy(weight("features"), head, tensor1d(one.targets, "int32"), { training: true }),
      );
      expect(value.dataSync()[0]).toBeCloseTo(one.loss, 5);
      for (const [name, given] of variables) {
        // A cluster without a target in the batch has no gradient.
        expectClose(grads[given.name]?.dataSync<"float32">() ?? new Float32Array(given.size), one.gradients[name]!);
        given.dispose();
      }
    },
  );
}
