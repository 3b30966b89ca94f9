/** @file Documents in batches: the inputs and targets of an epoch. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { documentBatch, documentExamples } from "../../src/examples/documentExamples.js";
import { documentsOf, epochOf, rowsOf } from "./exampleCorpora.js";

const shapes = fc.record({
  lengths: fc.array(fc.nat(30), { minLength: 1, maxLength: 80 }),
  rows: fc.integer({ min: 1, max: 9 }),
  longest: fc.integer({ min: 1, max: 25 }),
  seed: fc.option(fc.nat(), { nil: undefined }),
  epoch: fc.nat(5),
});

test("documents: an epoch has every document once, with its label, truncated to the maximum length", () => {
  fc.assert(
    fc.property(shapes, ({ lengths, seed, epoch, ...options }) => {
      const documents = documentsOf(lengths);
      const examples = documentExamples(documents, { ...options, ...(seed !== undefined && { seed }) });
      const rows = epochOf(examples, epoch).flatMap(rowsOf);
      const found = rows.map(({ inputs, targets }) => JSON.stringify([inputs, targets[0]]));
      const wanted = lengths.map((_, index) => {
        const cut = [...documents.inputs.document(index)].slice(0, options.longest);
        return JSON.stringify([cut, documents.labels.at(index)]);
      });
      expect(found.toSorted()).toEqual(wanted.toSorted());
      expect(examples.targetsPerEpoch).toBe(lengths.length);
    }),
  );
});

test("documents: a batch is a function of seed, epoch and index", () => {
  const documents = documentsOf(Array.from({ length: 60 }, (_, index) => 1 + (index % 7)));
  fc.assert(
    fc.property(fc.nat(), fc.nat(3), (seed, epoch) => {
      const inOrder = epochOf(documentExamples(documents, { rows: 8, longest: 9, seed }), epoch);
      const again = documentExamples(documents, { rows: 8, longest: 9, seed });
      expect(again.batch(epoch, 2)).toEqual(inOrder[2]);
      expect(epochOf(again, epoch + 1)).not.toEqual(inOrder);
      expect(epochOf(documentExamples(documents, { rows: 8, longest: 9, seed: seed + 1 }), epoch)).not.toEqual(inOrder);
    }),
    { numRuns: 30 },
  );
});

test("documents: batches have little padding for any lengths", () => {
  const documents = documentsOf(Array.from({ length: 2000 }, (_, index) => 1 + ((index * 7919) % 200)));
  const batches = epochOf(documentExamples(documents, { rows: 32, longest: 400, seed: 1 }), 0);
  const held = batches.reduce((sum, { time, rows }) => sum + time * rows, 0);
  const read = batches.flatMap(rowsOf).reduce((sum, { inputs }) => sum + inputs.length, 0);
  expect(read / held).toBeGreaterThan(0.95);
});

test("documents: batches are not ordered by length", () => {
  const documents = documentsOf(Array.from({ length: 640 }, (_, index) => 1 + (index % 64)));
  const times = epochOf(documentExamples(documents, { rows: 32, longest: 400, seed: 1 }), 0).map(({ time }) => time);
  expect(times).not.toEqual(times.toSorted((left, right) => right - left));
});

test("documents: full rows have no lengths; a batch of empty documents is one step of padding", () => {
  expect(
    documentBatch(
      [
        [1, 2],
        [3, 4],
      ],
      [0, 1],
    ),
  ).toMatchObject({ time: 2, lengths: null });
  const empty = documentBatch([[], []], [0, 1]);
  expect(empty).toMatchObject({ time: 1, rows: 2, lengths: Int32Array.of(0, 0) });
});
