/** @file The gate of a gated MLP on every backend against its reference, and the reference against its definition. */
import type { Tensor } from "../../support/tfjs.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { siluGate, siluGateReference } from "../../../src/engine/ops/siluGate.js";
import { backendsHere, difference, evaluate, gradientError, randomValues } from "../support.js";
import { casesOf } from "../../support/thorough.js";

const run =
  (op: typeof siluGate) =>
  ([sums]: Tensor[]): Tensor[] => [op(sums!)];

test.each(backendsHere)("siluGate: on %s, a value is multiplied by the silu of its gate", async (backend) => {
  const sums = { shape: [2, 4], values: Float32Array.of(0, 2, 5, 7, -1, 30, 3, 4) };
  const { outputs } = await evaluate(backend, [sums], run(siluGate));
  const silu = (a: number): number => a / (1 + Math.exp(-a));
  const expected = [0, silu(2) * 7, silu(-1) * 3, silu(30) * 4];
  for (const [index, value] of expected.entries()) expect(outputs[0]![index]).toBeCloseTo(value, 4);
});

test("siluGate: the gradient matches finite differences", async () => {
  expect(await gradientError([randomValues([3, 2, 6])], run(siluGateReference))).toBeLessThan(0.01);
});

test.each(backendsHere)("siluGate: on %s, outputs and gradients match the reference", async (backend) => {
  const size = fc.integer({ min: 1, max: 70 });
  await fc.assert(
    fc.asyncProperty(size, size, fc.integer({ min: 1, max: 80 }), async (time, batch, units) => {
      const inputs = [randomValues([time, batch, 2 * units])];
      const actual = await evaluate(backend, inputs, run(siluGate));
      const expected = await evaluate("cpu", inputs, run(siluGateReference));
      expect(difference(actual.outputs, expected.outputs)).toBeLessThan(5e-6);
      expect(difference(actual.gradients, expected.gradients)).toBeLessThan(5e-6);
    }),
    { numRuns: casesOf(10) },
  );
});
