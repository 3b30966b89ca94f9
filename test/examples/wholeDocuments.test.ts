/** @file Whole documents: the inputs and targets of an epoch. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { targetCount } from "../../src/examples/batch.js";
import { wholeDocuments } from "../../src/examples/wholeDocuments.js";
import { endId } from "../../src/tokenizers/specialTokens.js";
import { epochOf, rowsOf } from "./exampleCorpora.js";

/** Documents of different tokens, each followed by its end. */
function documentsOf(sizes: readonly number[]): { tokens: Int32Array; documents: number[][] } {
  let next = endId + 1;
  const documents = sizes.map((size) => [...Array.from({ length: size }, () => next++), endId]);
  return { tokens: Int32Array.from(documents.flat()), documents };
}

/** The rows of an epoch: each from the initial state to its end, over the batches that continue it. */
function readRows(batches: ReturnType<typeof epochOf>) {
  const rows: { inputs: number[]; targets: number[] }[] = [];
  let current: typeof rows = [];
  for (const batch of batches) {
    if (!batch.continues) rows.push(...(current = rowsOf(batch).map(() => ({ inputs: [], targets: [] }))));
    expect(current.length).toBe(batch.rows);
    for (const [row, { inputs, targets }] of rowsOf(batch).entries()) {
      current[row]!.inputs.push(...inputs);
      current[row]!.targets.push(...targets.slice(0, inputs.length));
      expect(targets.slice(inputs.length).every((target) => target === -1)).toBe(true);
    }
  }
  return rows;
}

const ascending = (left: number, right: number): number => left - right;

const corpora = fc.record({
  sizes: fc.array(fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 40 })), {
    minLength: 1,
    maxLength: 60,
  }),
  rows: fc.integer({ min: 1, max: 6 }),
  time: fc.integer({ min: 1, max: 12 }),
  seed: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
  epoch: fc.integer({ min: 0, max: 2 }),
});

test("documents: each starts from the initial state after an end token and has its own end as the last target", () => {
  fc.assert(
    fc.property(corpora, ({ sizes, rows, time, seed, epoch }) => {
      const short = sizes.map((size) => Math.min(size, rows * time - 1));
      const { tokens, documents } = documentsOf(short);
      const examples = wholeDocuments(tokens, { rows, time, ...(seed !== undefined && { seed }) });
      const read = readRows(epochOf(examples, epoch));
      const order = (left: number[], right: number[]): number => left[0]! - right[0]! || left.length - right.length;
      expect(read.map(({ targets }) => targets).toSorted(order)).toEqual(documents.toSorted(order));
      for (const { inputs, targets } of read) expect(inputs).toEqual([endId, ...targets.slice(0, -1)]);
    }),
  );
});

test("documents: every token is a target once in an epoch, all epochs have as many batches, and a row is never longer than --sequence-length", () => {
  fc.assert(
    fc.property(corpora, ({ sizes, rows, time, seed, epoch }) => {
      const { tokens } = documentsOf(sizes);
      const examples = wholeDocuments(tokens, { rows, time, ...(seed !== undefined && { seed }) });
      const batches = epochOf(examples, epoch);
      expect(
        batches.flatMap((batch) => [...batch.targets].filter((target) => target >= 0)).toSorted(ascending),
      ).toEqual([...tokens].toSorted(ascending));
      expect(examples.targetsPerEpoch).toBe(tokens.length);
      expect(batches[0]!.continues).toBe(false);
      for (const batch of batches) {
        expect(batch.time).toBeLessThanOrEqual(time);
        expect(targetCount(batch)).toBeGreaterThan(0);
        const lengths = [...(batch.lengths ?? [])];
        expect(lengths).toEqual(lengths.toSorted((left, right) => right - left));
      }
    }),
  );
});

test("documents: a batch depends on its epoch and index alone, and epochs differ in their order", () => {
  const { tokens } = documentsOf(Array.from({ length: 50 }, (_, index) => index % 9));
  const make = () => wholeDocuments(tokens, { rows: 4, time: 3, seed: 1 });
  const [examples, again] = [make(), make()];
  const epochs = [0, 1].map((epoch) => epochOf(examples, epoch));
  expect(again.batch(1, 2)).toEqual(epochs[1]![2]);
  expect(again.batch(0, 2)).toEqual(epochs[0]![2]);
  expect(epochs[0]).not.toEqual(epochs[1]);
  expect(epochs[0]!.length).toBe(epochs[1]!.length);
});

test("documents: short documents fill a batch up to the tokens of --batch-size sequences, and a very long one is read as several rows", () => {
  const names = wholeDocuments(documentsOf(Array.from({ length: 640 }, () => 7)).tokens, { rows: 16, time: 64 });
  expect(names.batch(0, 0)).toMatchObject({ rows: 128, time: 8, lengths: null });
  const book = wholeDocuments(documentsOf([99_999]).tokens, { rows: 16, time: 64 });
  expect(book.batch(0, 0)).toMatchObject({ rows: 16, time: 64 });
});
