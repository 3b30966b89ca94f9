/** @file Windows: the inputs and targets of an epoch. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { windowExamples } from "../../src/examples/windowExamples.js";
import { epochOf, positions, rowsOf } from "./exampleCorpora.js";

const shapes = fc.record({
  count: fc.integer({ min: 2, max: 200 }),
  rows: fc.integer({ min: 1, max: 12 }),
  time: fc.integer({ min: 1, max: 9 }),
  prefixes: fc.boolean(),
  seed: fc.option(fc.nat(), { nil: undefined }),
  epoch: fc.nat(5),
});

test("windows: every token with enough text before it is a target once in an epoch", () => {
  fc.assert(
    fc.property(shapes, ({ count, seed, epoch, ...options }) => {
      const examples = windowExamples(positions(count), { ...options, ...(seed !== undefined && { seed }) });
      const rows = epochOf(examples, epoch).flatMap(rowsOf);
      for (const { inputs, targets } of rows) {
        const before = positions(targets[0]!).slice(-options.time);
        expect(inputs).toEqual([...before]);
      }
      const first = options.prefixes ? 1 : Math.min(options.time, count - 1);
      const asked = rows.map(({ targets }) => targets[0]!).toSorted((left, right) => left - right);
      expect(asked).toEqual([...positions(count).subarray(first)]);
      expect(examples.targetsPerEpoch).toBe(asked.length);
    }),
  );
});

test("windows: a batch is a function of seed, epoch and index, in any order of the calls", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(3), (seed, epoch) => {
      const options = { rows: 8, time: 4, prefixes: false, seed };
      const inOrder = epochOf(windowExamples(positions(100), options), epoch);
      const again = windowExamples(positions(100), options);
      again.batch(epoch + 1, 0);
      expect(again.batch(epoch, 3)).toEqual(inOrder[3]);
      expect(epochOf(again, epoch + 1)).not.toEqual(inOrder);
      expect(epochOf(windowExamples(positions(100), { ...options, seed: seed + 1 }), epoch)).not.toEqual(inOrder);
    }),
    { numRuns: 30 },
  );
});

test("windows: without a seed, every epoch is the same, in the order of the text", () => {
  const examples = windowExamples(positions(20), { rows: 4, time: 3, prefixes: false });
  expect(epochOf(examples, 1)).toEqual(epochOf(examples, 0));
  expect(
    epochOf(examples, 0)
      .flatMap(rowsOf)
      .flatMap(({ targets }) => targets),
  ).toEqual([...positions(20).subarray(3)]);
});
