/** @file The baselines of classifiers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { labelBaselines, type LabeledIds } from "../../src/baselines/labelBaselines.js";

const folder = process.env["RNN_DATA"];

function* oneByOne(): Generator<LabeledIds> {
  yield { ids: Int32Array.of(1), label: 0 };
  yield { ids: [], label: 0 };
}

test("majority class: the most frequent class of the training part, scored on another part", () => {
  const training = [2, 2, 1, 0].map((label) => ({ ids: [0], label }));
  const heldOut = [2, 1, 1, 0].map((label) => ({ ids: [0], label }));
  expect(labelBaselines(training, heldOut, { vocabulary: 1, classes: 3 }).majority.accuracy).toBe(0.25);
});

test("naive Bayes: learns the words of each class", () => {
  const training = [
    { ids: [0, 1], label: 0 },
    { ids: [0, 2], label: 0 },
    { ids: [3, 1], label: 1 },
    { ids: [3, 2], label: 1 },
  ];
  const heldOut = [
    { ids: [2, 1, 0], label: 0 },
    { ids: [4, 3], label: 1 },
  ];
  expect(labelBaselines(training, heldOut, { vocabulary: 5, classes: 2 }).naiveBayes.accuracy).toBe(1);
});

test("naive Bayes: repetitions of a word count once", () => {
  const documents = [
    { ids: [0, 1], label: 0 },
    { ids: [1, 2], label: 1 },
    { ids: [2, 0], label: 1 },
    { ids: [0, 0, 1], label: 0 },
  ];
  const repeated = documents.map(({ ids, label }) => ({ ids: [...ids, ...ids, ...ids], label }));
  const sizes = { vocabulary: 3, classes: 2 };
  expect(labelBaselines(repeated, repeated, sizes)).toEqual(labelBaselines(documents, documents, sizes));
});

test("label baselines: documents are read one by one; without documents the accuracy is 0", () => {
  const sizes = { vocabulary: 2, classes: 2 };
  expect(labelBaselines(oneByOne(), oneByOne(), sizes).naiveBayes.accuracy).toBe(1);
  expect(labelBaselines([], [], sizes)).toEqual({ majority: { accuracy: 0 }, naiveBayes: { accuracy: 0 } });
});

test.skipIf(folder === undefined)("naive Bayes: its accuracy on SST-2 is the published one (RNN_DATA)", () => {
  const idOf = new Map<string, number>();
  const idsOf = (word: string): number => {
    if (!idOf.has(word)) idOf.set(word, idOf.size);
    return idOf.get(word)!;
  };
  const documents = (file: string): LabeledIds[] =>
    readFileSync(join(folder!, "sst2", file), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split("\t"))
      .map(([sentence, label]) => ({ ids: sentence!.split(" ").map(idsOf), label: Number(label) }));
  const [training, heldOut] = [documents("train.tsv"), documents("test.tsv")];
  const { majority, naiveBayes } = labelBaselines(training, heldOut, { vocabulary: idOf.size, classes: 2 });
  expect(majority.accuracy).toBeCloseTo(0.5, 2);
  expect(naiveBayes.accuracy).toBeGreaterThan(0.79);
  expect(naiveBayes.accuracy).toBeLessThan(0.85);
});
