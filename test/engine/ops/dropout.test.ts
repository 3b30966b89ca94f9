/** @file Dropout on every backend against its reference, to the bit. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dropout, dropoutReference, type Sharing } from "../../../src/engine/ops/dropout.js";
import { backendsHere, bitsOf, evaluate, withoutNative, randomValues } from "../support.js";

for (const backend of backendsHere) {
  test(`dropout: ${backend} keeps the same elements as the reference, forward and backward`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer(),
        fc.constantFrom<Sharing>({}, { period: 7 }, { run: 5 }, { run: 3, period: 11 }),
        async (count, rate, seed, sharing) => {
          const inputs = [randomValues([count], "dropout")];
          const [actual, expected] = [
            await evaluate(backend, inputs, ([values]) => [dropout(values!, rate, seed, sharing)]),
            await evaluate("cpu", inputs, ([values]) => [dropoutReference(values!, rate, seed, sharing)]),
          ];
          expect(bitsOf(actual.outputs[0]!)).toEqual(bitsOf(expected.outputs[0]!));
          expect(bitsOf(actual.gradients[0]!.map(Math.abs))).toEqual(bitsOf(expected.gradients[0]!.map(Math.abs)));
        },
      ),
      { numRuns: 20 },
    );
  });

  test(`dropout: ${backend} drops the given fraction and preserves the mean`, async () => {
    const ones = { shape: [20_000], values: new Float32Array(20_000).fill(1) };
    const { outputs } = await evaluate(backend, [ones], ([values]) => [dropout(values!, 0.3, 7)]);
    const dropped = outputs[0]!.filter((value) => value === 0).length / 20_000;
    const mean = outputs[0]!.reduce((sum, value) => sum + value, 0) / 20_000;
    expect(dropped).toBeCloseTo(0.3, 1.7);
    expect(mean).toBeCloseTo(1, 1.7);
  });
}

test.each(backendsHere)(
  "dropout: on %s, elements share a mask within a run and the mask repeats with the period",
  async (backend) => {
    const ones = { shape: [60], values: new Float32Array(60).fill(1) };
    const { outputs } = await evaluate(backend, [ones], ([values]) => [
      dropout(values!, 0.5, 3, { period: 20 }),
      dropout(values!, 0.5, 3, { run: 6 }),
    ]);
    const [repeated, together] = outputs as [Float32Array, Float32Array];
    expect(repeated.slice(20, 40)).toEqual(repeated.slice(0, 20));
    expect(repeated.slice(40)).toEqual(repeated.slice(0, 20));
    for (let first = 0; first < 60; first += 6) expect(new Set(together.slice(first, first + 6)).size).toBe(1);
    expect(new Set(repeated).size).toBe(2);
    expect(new Set(together).size).toBe(2);
  },
);

test("dropout: neighboring seeds drop different elements", async () => {
  const inputs = [randomValues([1000], "seeds")];
  const { outputs } = await evaluate("cpu", inputs, ([values]) => [dropout(values!, 0.5, 1), dropout(values!, 0.5, 2)]);
  const both = outputs[0]!.filter((value, position) => value === 0 && outputs[1]![position] === 0).length;
  expect(both).toBeGreaterThan(200); // about a quarter of 1000
  expect(both).toBeLessThan(300);
});

test.skipIf(withoutNative)("dropout: a rate of 0 returns the input", async () => {
  const inputs = [randomValues([10], "none")];
  const { outputs } = await evaluate("native", inputs, ([values]) => [dropout(values!, 0, 1)]);
  expect(outputs[0]).toEqual(inputs[0]!.values);
});
