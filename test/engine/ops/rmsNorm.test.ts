/** @file Normalization by the root mean square on every backend against its reference, and the reference against its definition. */
import type { Tensor, Tensor1D } from "../../support/tfjs.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { rmsNorm, rmsNormReference } from "../../../src/engine/ops/rmsNorm.js";
import { backendsHere, difference, evaluate, gradientError, randomValues } from "../support.js";
import { casesOf } from "../../support/thorough.js";

const run =
  (op: typeof rmsNorm) =>
  ([values, scale]: Tensor[]): Tensor[] => [op(values!, scale as Tensor1D | undefined)];

test.each(backendsHere)("rmsNorm: on %s, the units of each row have a mean square of 1", async (backend) => {
  const { outputs } = await evaluate(backend, [randomValues([3, 2, 5])], run(rmsNorm));
  for (let row = 0; row < 6; row++) {
    const squares = outputs[0]!.slice(row * 5, row * 5 + 5).map((value) => value ** 2);
    expect(squares.reduce((sum, value) => sum + value, 0) / 5).toBeCloseTo(1, 4);
  }
});

test.each(backendsHere)("rmsNorm: on %s, units of zero stay zero", async (backend) => {
  const { outputs } = await evaluate(backend, [{ shape: [2, 5], values: new Float32Array(10) }], run(rmsNorm));
  expect(outputs[0]).toEqual(new Float32Array(10));
});

test("rmsNorm: the gradient matches finite differences", async () => {
  expect(await gradientError([randomValues([3, 2, 5])], run(rmsNormReference))).toBeLessThan(0.01);
  const scaled = [randomValues([3, 2, 5]), randomValues([5], "scale")];
  expect(await gradientError(scaled, run(rmsNormReference))).toBeLessThan(0.01);
});

test.each(backendsHere)("rmsNorm: on %s, outputs and gradients match the reference", async (backend) => {
  const size = fc.integer({ min: 1, max: 70 });
  await fc.assert(
    fc.asyncProperty(size, size, fc.integer({ min: 2, max: 150 }), fc.boolean(), async (time, batch, width, scaled) => {
      const inputs = [randomValues([time, batch, width]), ...(scaled ? [randomValues([width], "scale")] : [])];
      const actual = await evaluate(backend, inputs, run(rmsNorm));
      const expected = await evaluate("cpu", inputs, run(rmsNormReference));
      expect(difference(actual.outputs, expected.outputs)).toBeLessThan(5e-5);
      expect(difference(actual.gradients, expected.gradients)).toBeLessThan(5e-5);
    }),
    { numRuns: casesOf(10) },
  );
});
