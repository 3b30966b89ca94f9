/** @file Layer normalization on every backend against its reference, and the reference against its definition. */
import type { Tensor, Tensor1D } from "../../support/tfjs.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { layerNorm, layerNormReference } from "../../../src/engine/ops/layerNorm.js";
import { backendsHere, difference, evaluate, randomValues, gradientError } from "../support.js";
import { casesOf } from "../../support/thorough.js";

const run =
  (op: typeof layerNorm) =>
  ([values, scale, shift]: Tensor[]): Tensor[] => [op(values!, scale as Tensor1D, shift as Tensor1D)];
const inputsOf = (shape: number[]) =>
  [shape, shape.slice(-1), shape.slice(-1)].map((one, index) => randomValues(one, index));

test.each(backendsHere)(
  "layerNorm: on %s, the units of each row have the given mean and standard deviation",
  async (backend) => {
    const [values, scale, shift] = inputsOf([3, 2, 5]) as [
      ReturnType<typeof randomValues>,
      ...ReturnType<typeof inputsOf>,
    ];
    const { outputs } = await evaluate(backend, [values, scale!, shift!], run(layerNorm));
    for (let row = 0; row < 6; row++) {
      const x = values.values.slice(row * 5, row * 5 + 5);
      const mean = x.reduce((sum, value) => sum + value, 0) / 5;
      const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 5;
      for (const [unit, value] of x.entries()) {
        const expected = ((value - mean) / Math.sqrt(variance + 1e-5)) * scale!.values[unit]! + shift!.values[unit]!;
        expect(outputs[0]![row * 5 + unit]).toBeCloseTo(expected, 5);
      }
    }
  },
);

test.each(backendsHere)("layerNorm: on %s, equal units give the shift", async (backend) => {
  const [, scale, shift] = inputsOf([2, 5]);
  const equal = { shape: [2, 5], values: new Float32Array(10).fill(0.25) };
  const { outputs } = await evaluate(backend, [equal, scale!, shift!], run(layerNorm));
  expect(outputs[0]).toEqual(Float32Array.from([...shift!.values, ...shift!.values]));
});

test("layerNorm: the gradient matches finite differences", async () => {
  expect(await gradientError(inputsOf([3, 2, 5]), run(layerNormReference))).toBeLessThan(0.01);
});

test.each(backendsHere)("layerNorm: on %s, outputs and gradients match the reference", async (backend) => {
  const size = fc.integer({ min: 1, max: 70 });
  await fc.assert(
    fc.asyncProperty(size, size, fc.integer({ min: 2, max: 150 }), async (time, batch, width) => {
      const actual = await evaluate(backend, inputsOf([time, batch, width]), run(layerNorm));
      const expected = await evaluate("cpu", inputsOf([time, batch, width]), run(layerNormReference));
      expect(difference(actual.outputs, expected.outputs)).toBeLessThan(5e-5);
      const rounding = Math.max(5e-5, 2e-6 * Math.sqrt(time * batch)); // the gradients of scale and shift are sums over all rows
      expect(difference(actual.gradients, expected.gradients)).toBeLessThan(rounding);
    }),
    { numRuns: casesOf(10) },
  );
});
