/** @file Pooling on every backend against its reference, and the reference against the definition. */
import { tensor1d, type Tensor3D } from "../../support/tfjs.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pool, type PoolKind, poolReference } from "../../../src/engine/ops/pooling.js";
import {
  backendsHere,
  evaluate,
  difference,
  gradientError,
  randomIntegers,
  randomValues,
  type Values,
} from "../support.js";
import { casesOf } from "../../support/thorough.js";

const choices: PoolKind[][] = [["mean"], ["max"], ["max", "mean"], ["mean", "max", "mean"]];
/** Distinct values in random order: with equal maxima the gradient would be ambiguous. */
function distinctValues(shape: number[], seed: number): Values {
  const { values } = randomValues(shape, "sequence", seed);
  const order = Array.from(values.keys()).toSorted((a, b) => values[a]! - values[b]!);
  for (const [rank, index] of order.entries()) values[index] = (2 * rank) / values.length - 1;
  return { shape, values };
}

const size = fc.integer({ min: 1, max: 70 });

test("pool: mean and maximum cover a row's own length and are zero for an empty row", async () => {
  const sequence = { shape: [2, 3, 1], values: Float32Array.from([1, -5, NaN, 3, NaN, NaN]) };
  for (const backend of backendsHere) {
    const of = async (kind: PoolKind): Promise<number[]> => {
      const { outputs } = await evaluate(backend, [sequence], ([x]) => [
        pool([kind], x as Tensor3D, tensor1d([2, 1, 0], "int32")),
      ]);
      return [...outputs[0]!];
    };
    expect(await of("mean")).toEqual([2, -5, 0]);
    expect(await of("max")).toEqual([3, -5, 0]);
  }
});

for (const kinds of choices) {
  const names = kinds.join(" and ");
  test(`pool: the gradient of ${names} matches finite differences`, async () => {
    const lengths = [3, 0, 1];
    expect(
      await gradientError([randomValues([3, 3, 2], names)], ([x]) => [
        poolReference(kinds, x as Tensor3D, tensor1d(lengths, "int32")),
      ]),
    ).toBeLessThan(0.01);
    expect(
      await gradientError([randomValues([3, 3, 2], names)], ([x]) => [poolReference(kinds, x as Tensor3D, null)]),
    ).toBeLessThan(0.01);
  });

  for (const backend of backendsHere) {
    test(`pool: outputs and gradients of ${names} on ${backend} match the reference`, async () => {
      await fc.assert(
        fc.asyncProperty(size, size, size, fc.boolean(), async (time, batch, width, whole) => {
          const lengths = whole ? null : randomIntegers(batch, 0, time + 1, "lengths", time);
          const inputs = [distinctValues([time, batch, width], width)];
          const run =
            (op: typeof pool) =>
            ([x]: Parameters<Parameters<typeof evaluate>[2]>[0]) => [
              op(kinds, x as Tensor3D, lengths && tensor1d(lengths, "int32")),
            ];
          const actual = await evaluate(backend, inputs, run(pool));
          const expected = await evaluate("cpu", inputs, run(poolReference));
          expect(difference(actual.outputs, expected.outputs)).toBeLessThan(2e-5);
          expect(difference(actual.gradients, expected.gradients)).toBeLessThan(2e-5);
        }),
        { numRuns: casesOf(10) },
      );
    });
  }
}
