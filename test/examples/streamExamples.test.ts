/** @file Streams: the inputs and targets of an epoch. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { targetCount } from "../../src/examples/batch.js";
import { streamExamples } from "../../src/examples/streamExamples.js";
import { epochOf, positions, rowsOf } from "./exampleCorpora.js";

const shapes = fc.record({
  count: fc.integer({ min: 2, max: 400 }),
  rows: fc.integer({ min: 1, max: 12 }),
  time: fc.integer({ min: 1, max: 20 }),
});

test("streams: every token except the first is a target once in an epoch, right after its input", () => {
  fc.assert(
    fc.property(shapes, ({ count, ...options }) => {
      const examples = streamExamples(positions(count), options);
      const asked: number[] = [];
      for (const { inputs, targets } of epochOf(examples, 0).flatMap(rowsOf)) {
        inputs.forEach((input, step) => expect(targets[step]).toBe(input + 1));
        expect(targets.slice(inputs.length).every((target) => target === -1)).toBe(true);
        asked.push(...targets.filter((target) => target >= 0));
      }
      expect(asked.toSorted((left, right) => left - right)).toEqual([...positions(count).subarray(1)]);
      expect(examples.targetsPerEpoch).toBe(count - 1);
    }),
  );
});

test("streams: each row reads its segment over the batches, and only the first batch starts with the initial state", () => {
  fc.assert(
    fc.property(shapes, ({ count, ...options }) => {
      const batches = epochOf(streamExamples(positions(count), options), 0);
      expect(batches.map(({ continues }) => continues)).toEqual(batches.map((_, index) => index > 0));
      for (let row = 0; row < batches[0]!.rows; row++) {
        const read = batches.flatMap((batch) => rowsOf(batch)[row]!.inputs);
        expect(read).toEqual([...positions(read.length)].map((place) => place + (read[0] ?? 0)));
      }
    }),
  );
});

test("streams: a text that is too short has fewer rows, and every batch has targets", () => {
  fc.assert(
    fc.property(shapes, ({ count, rows, time }) => {
      const batches = epochOf(streamExamples(positions(count), { rows, time }), 0);
      for (const batch of batches) {
        expect(batch.rows).toBeLessThanOrEqual(rows);
        expect(batch.time).toBeLessThanOrEqual(time);
        expect(batch.rows === 1 || batch.rows * time <= count).toBe(true);
        expect(targetCount(batch)).toBeGreaterThan(0);
      }
    }),
  );
});
