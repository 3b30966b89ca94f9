/** @file Long documents in chunks: the chunks of a document, and batches of them. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { tokenRows } from "../../src/examples/documentExamples.js";
import { chunkEnds, chunkExamples, countLonger, documentMeans } from "../../src/examples/documentChunks.js";
import { GrowingNumbers } from "../../src/examples/growingNumbers.js";
import { LabeledSequences, LabelSetSequences } from "../../src/examples/sequences.js";
import { TokenDocuments } from "../../src/examples/tokenDocuments.js";

test("chunks: as few as hold a document, of equal lengths, 64 at most", () => {
  expect(chunkEnds(0, 10)).toEqual([0]);
  expect(chunkEnds(10, 10)).toEqual([10]);
  expect(chunkEnds(11, 10)).toEqual([6, 11]);
  expect(chunkEnds(1_000_000, 10)).toHaveLength(64);
  expect(chunkEnds(1_000_000, 10).at(-1)).toBe(640);
  fc.assert(
    fc.property(fc.nat(2000), fc.integer({ min: 1, max: 50 }), (length, longest) => {
      const ends = chunkEnds(length, longest);
      const sizes = ends.map((end, chunk) => end - (ends[chunk - 1] ?? 0));
      expect(ends.at(-1)).toBe(Math.min(length, 64 * longest));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(longest);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

const vocabulary = 1000;

function texts(lengths: readonly number[]): TokenDocuments {
  const store = new TokenDocuments(vocabulary);
  for (const [document, length] of lengths.entries())
    store.push(Array.from({ length }, (_, step) => (100 * document + step) % vocabulary));
  return store;
}

test("chunks: each token of each document is in one row of one batch, and targets are those of documents", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(90), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      (lengths, rows) => {
        const store = texts(lengths);
        const labels = new GrowingNumbers(Int32Array);
        for (const document of lengths.keys()) labels.push(document);
        const examples = chunkExamples(new LabeledSequences(store, undefined, labels), {
          rows,
          longest: 10,
        });
        const found = new Map<number, number[]>();
        for (let index = 0; index < examples.batchesPerEpoch; index++) {
          const { documents, chunks, targets, ...inputs } = examples.batch(0, index);
          expect(targets).toEqual(documents);
          expect(inputs.rows).toBe(chunks!.reduce((sum, count) => sum + count, 0));
          expect(inputs.rows <= rows || chunks!.length === 1).toBe(true);
          const read = tokenRows(inputs);
          for (const [at, document] of documents!.entries())
            found.set(
              document,
              read.splice(0, chunks![at]).flatMap((row) => [...row]),
            );
        }
        expect(examples.targetsPerEpoch).toBe(lengths.length);
        expect(countLonger(store, 10)).toBe(lengths.filter((length) => length > 10).length);
        for (const document of lengths.keys()) expect(found.get(document)).toEqual([...store.document(document)]);
      },
    ),
  );
});

test("chunks: a document with several labels has them once", () => {
  const sets = new TokenDocuments(3);
  for (const set of [[0], [1, 2]]) sets.push(set);
  const examples = chunkExamples(new LabelSetSequences(texts([25, 12]), sets, 3), { rows: 64, longest: 10 });
  const { targets, labels, chunks } = examples.batch(0, 0);
  expect([[...targets], labels, [...chunks!]]).toEqual([[1, 0, 0, 0, 1, 1], 3, [3, 2]]);
});

test("chunks: the outputs of a document are the means over its rows", () => {
  const outputs = Float32Array.from([1, 2, 3, 6, 5, 5]);
  expect(documentMeans(outputs, [2, 1], 2)).toEqual(Float32Array.from([2, 4, 5, 5]));
  expect(documentMeans(outputs, undefined, 2)).toBe(outputs);
});
