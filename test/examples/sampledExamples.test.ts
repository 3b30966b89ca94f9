/** @file Samples of a part for evaluations in a limited time. */
import { expect, test } from "vitest";
import type { Examples } from "../../src/examples/batch.js";
import { inSampleOrder, sampleOf, spreadNumbers } from "../../src/examples/sampledExamples.js";
import { streamExamples } from "../../src/examples/streamExamples.js";
import { wholeDocuments } from "../../src/examples/wholeDocuments.js";
import { endId } from "../../src/tokenizers/specialTokens.js";

const batchesOf = (examples: Examples) =>
  Array.from({ length: examples.batchesPerEpoch }, (_, index) => examples.batch(0, index));

const stream = streamExamples(
  Int32Array.from({ length: 1000 }, (_, index) => index % 50),
  { rows: 4, time: 16 },
);
const documents = wholeDocuments(
  Int32Array.from({ length: 4000 }, (_, index) => (index % 37 === 0 || index % 41 < 2 ? endId : 5 + index)),
  { rows: 2, time: 8 },
);

test("samples: the order of a sample has every batch once, and a batch that continues another one right after it", () => {
  for (const examples of [stream, documents]) {
    const [ordered, whole] = [batchesOf(inSampleOrder(examples, 3)), batchesOf(examples)];
    const textOf = (batch: unknown): string => JSON.stringify(batch);
    expect(ordered.map(textOf).toSorted()).toEqual(whole.map(textOf).toSorted());
    for (const [index, batch] of ordered.entries()) {
      if (!batch.continues) continue;
      const at = whole.findIndex((other) => textOf(other) === textOf(batch));
      expect(textOf(ordered[index - 1])).toBe(textOf(whole[at - 1]));
    }
  }
});

test("samples: the seed alone determines a sample, and of documents it is not the first batches", () => {
  const sample = (seed: number) => JSON.stringify(batchesOf(sampleOf(documents, 5, seed)));
  expect(sample(1)).toBe(sample(1));
  expect(sample(1)).not.toBe(sample(2));
  expect(sample(1)).not.toBe(JSON.stringify(batchesOf(documents).slice(0, 5)));
  expect(sampleOf(documents, 5, 1).targetsPerEpoch).toBeLessThan(documents.targetsPerEpoch);
});

test("samples: numbers in spread order are all numbers once, and the first ones reach over all of them", () => {
  for (const count of [0, 1, 63, 64, 1000]) {
    const numbers = [...spreadNumbers(count)];
    expect(numbers.toSorted((left, right) => left - right)).toEqual(Array.from({ length: count }, (_, index) => index));
  }
  const first = [...spreadNumbers(6400)].slice(0, 200);
  const means = first.reduce((sum, number) => sum + number, 0) / first.length;
  expect(means).toBeGreaterThan(2800);
  expect(means).toBeLessThan(3600);
});
