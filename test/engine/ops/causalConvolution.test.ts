/** @file The causal depthwise convolution on every backend against its reference, and the reference against its definition. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { causalConvolution, causalConvolutionReference } from "../../../src/engine/ops/causalConvolution.js";
import { type Tensor, tensor1d, type Tensor2D, type Tensor3D } from "../../support/tfjs.js";
import { backendsHere, difference, evaluate, gradientError, randomIntegers, randomValues } from "../support.js";
import { casesOf } from "../../support/thorough.js";

/** Of a sequence, a kernel and the inputs before the first step, if there are any. */
const run =
  (op: typeof causalConvolution, lengths: number[] | null) =>
  ([sequence, kernel, ...initial]: Tensor[]): Tensor[] => {
    const before = initial.length > 0 ? (initial as Tensor2D[]) : null;
    const rows = lengths && tensor1d(lengths, "int32");
    const { outputs, last } = op(sequence as Tensor3D, rows, kernel as Tensor2D, before);
    return [outputs, ...last];
  };

test.each(backendsHere)("causalConvolution: on %s, an output reads its own step and those before", async (backend) => {
  const sequence = { shape: [4, 1, 2], values: Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40) };
  const kernel = { shape: [2, 2], values: Float32Array.of(0.5, 0, 1, 2) };
  const { outputs } = await evaluate(backend, [sequence, kernel], run(causalConvolution, null));
  expect([...outputs[0]!]).toEqual([1, 20, 2.5, 40, 4, 60, 5.5, 80]);
  expect([...outputs[1]!]).toEqual([4, 40]);
  const carried = [sequence, kernel, { shape: [1, 2], values: Float32Array.of(8, 80) }];
  const after = await evaluate(backend, carried, run(causalConvolution, [0]));
  expect([...after.outputs[0]!]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect([...after.outputs[1]!]).toEqual([8, 80]); // an empty row keeps its inputs
});

test("causalConvolution: gradients match finite differences", async () => {
  const inputs = [
    [5, 3, 2],
    [3, 2],
    [3, 2],
    [3, 2],
  ].map((shape, index) => randomValues(shape, index));
  expect(await gradientError(inputs, run(causalConvolutionReference, [5, 1, 0]))).toBeLessThan(0.01);
});

test.each(backendsHere)("causalConvolution: on %s, outputs and gradients match the reference", async (backend) => {
  const size = fc.integer({ min: 1, max: 14 });
  await fc.assert(
    fc.asyncProperty(
      fc.record({ time: size, batch: size, width: fc.integer({ min: 1, max: 70 }) }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      fc.boolean(),
      async ({ time, batch, width }, taps, carried, ragged) => {
        const initial = Array.from({ length: carried ? taps - 1 : 0 }, (_, index) =>
          randomValues([batch, width], "initial", index),
        );
        const inputs = [randomValues([time, batch, width]), randomValues([taps, width], "kernel"), ...initial];
        const lengths = ragged ? randomIntegers(batch, 0, time + 1, "lengths") : null;
        const actual = await evaluate(backend, inputs, run(causalConvolution, lengths));
        const expected = await evaluate("cpu", inputs, run(causalConvolutionReference, lengths));
        expect(difference(actual.outputs, expected.outputs)).toBeLessThan(5e-6);
        expect(difference(actual.gradients, expected.gradients)).toBeLessThan(5e-5);
      },
    ),
    { numRuns: casesOf(10) },
  );
});
