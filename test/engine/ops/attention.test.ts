/** @file Pooling by attention and flattening on every backend against their references. */
import type { Tensor1D, Tensor2D, Tensor3D } from "../../support/tfjs.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { attend, attendReference } from "../../../src/engine/ops/attention.js";
import { flatten, flattenReference } from "../../../src/engine/ops/flatten.js";
import { backendsHere, evaluate, randomValues, gradientError } from "../support.js";
import { expectReference, type Operation, running, someLengths } from "./steps.js";
import { casesOf } from "../../support/thorough.js";

const size = fc.integer({ min: 1, max: 70 });
const small = fc.integer({ min: 1, max: 20 });

const attending =
  (op: typeof attend): Operation =>
  (sequence, lengths, [kernel, bias, query]) =>
    op(sequence, lengths, { kernel: kernel as Tensor2D, bias: bias as Tensor1D, query: query as Tensor1D });

const inputsOf = (time: number, batch: number, width: number, hidden: number) => [
  randomValues([time, batch, width], "sequence", width),
  randomValues([width, hidden], "kernel"),
  randomValues([hidden], "bias"),
  randomValues([hidden], "query"),
];

test("attend: outputs and gradients match the reference within each row's length", async () => {
  await fc.assert(
    fc.asyncProperty(small, small, size, size, fc.boolean(), async (time, batch, width, hidden, whole) => {
      const inputs = inputsOf(time, batch, width, hidden);
      await expectReference(attending(attend), attending(attendReference), inputs, someLengths(time, batch, whole));
    }),
    { numRuns: casesOf(15) },
  );
});

test("attend: the gradient matches finite differences", async () => {
  expect(await gradientError(inputsOf(3, 3, 2, 2), running(attending(attendReference), [3, 0, 2]))).toBeLessThan(0.01);
});

test.each(backendsHere)("attend: on %s, a query of zeros gives the mean", async (backend) => {
  const [sequence, kernel, bias] = inputsOf(2, 2, 1, 3);
  const query = { shape: [3], values: new Float32Array(3) };
  const { outputs } = await evaluate(backend, [sequence!, kernel!, bias!, query], running(attending(attend), [2, 1]));
  const [first, second, third] = sequence!.values;
  expect(outputs[0]![0]).toBeCloseTo((first! + third!) / 2, 6);
  expect(outputs[0]![1]).toBeCloseTo(second!, 6);
});

const flattening =
  (op: typeof flatten, steps: number): Operation =>
  (sequence: Tensor3D, lengths) =>
    op(sequence, lengths, steps);

test("flatten: the steps of a row are concatenated, with zeros past its length", async () => {
  await fc.assert(
    fc.asyncProperty(small, small, size, small, fc.boolean(), async (time, batch, width, steps, whole) => {
      const inputs = [randomValues([time, batch, width], "flat")];
      const lengths = someLengths(time, batch, whole);
      await expectReference(flattening(flatten, steps), flattening(flattenReference, steps), inputs, lengths);
    }),
    { numRuns: casesOf(15) },
  );
  const sequence = { shape: [2, 2, 1], values: Float32Array.of(1, 2, 3, NaN) };
  for (const backend of backendsHere) {
    const { outputs } = await evaluate(backend, [sequence], running(flattening(flatten, 3), [2, 1]));
    expect([...outputs[0]!]).toEqual([1, 3, 0, 2, 0, 0]);
  }
});
