/** @file The baselines of classifiers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LabeledDocuments } from "../../src/baselines/fitBag.js";
import { labelBaselines } from "../../src/baselines/labelBaselines.js";

const folder = process.env["RNN_DATA"];

const documentsOf = (documents: readonly { ids: readonly number[]; label: number }[]): LabeledDocuments => ({
  count: documents.length,
  ids: (index) => documents[index]!.ids,
  label: (index) => documents[index]!.label,
});
const sizes = (vocabulary: number, classes: number) => ({ passedOver: new Uint8Array(vocabulary), classes });

test("majority class: the most frequent class of the training part, scored on another part", () => {
  const training = documentsOf([2, 2, 1, 0].map((label) => ({ ids: [0], label })));
  const heldOut = documentsOf([2, 1, 1, 0].map((label) => ({ ids: [0], label })));
  expect(labelBaselines(training, heldOut, sizes(1, 3)).majority.accuracy).toBe(0.25);
});

test("bag baseline: learns the words of each class", () => {
  const training = documentsOf([
    { ids: [6, 1], label: 0 },
    { ids: [6, 2], label: 0 },
    { ids: [3, 1], label: 1 },
    { ids: [3, 2], label: 1 },
  ]);
  const heldOut = documentsOf([
    { ids: [2, 1, 6], label: 0 },
    { ids: [4, 3], label: 1 },
  ]);
  expect(labelBaselines(training, heldOut, sizes(7, 2)).bag.accuracy).toBe(1);
});

test("label baselines: without documents the accuracy is 0", () => {
  const none = documentsOf([]);
  expect(labelBaselines(none, none, sizes(2, 2))).toEqual({ majority: { accuracy: 0 }, bag: { accuracy: 0 } });
});

test("label baselines: where there is no time, a sample is read, never none", () => {
  const documents = documentsOf(
    Array.from({ length: 3000 }, (_, index) => ({ ids: [2 + (index % 2)], label: index % 2 })),
  );
  const { bag, sample } = labelBaselines(documents, documents, { ...sizes(4, 2), until: performance.now() - 1 });
  expect(bag.accuracy).toBe(1);
  expect(sample).toMatchObject({ unit: "documents", training: { count: 512, of: 3000 } });
  const whole = labelBaselines(documents, documents, { ...sizes(4, 2), until: performance.now() + 60_000 });
  expect(whole).toEqual({ majority: { accuracy: 0.5 }, bag: { accuracy: 1 } });
});

test.skipIf(folder === undefined)("bag baseline: its accuracy on SST-2 is that of linear models (RNN_DATA)", () => {
  const idOf = new Map<string, number>();
  const idsOf = (word: string): number => {
    if (!idOf.has(word)) idOf.set(word, idOf.size + 2);
    return idOf.get(word)!;
  };
  const read = (file: string): LabeledDocuments =>
    documentsOf(
      readFileSync(join(folder!, "sst2", file), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split("\t"))
        .map(([sentence, label]) => ({ ids: sentence!.split(" ").map(idsOf), label: Number(label) })),
    );
  const [training, heldOut] = [read("train.tsv"), read("test.tsv")];
  const { majority, bag } = labelBaselines(training, heldOut, sizes(idOf.size + 2, 2));
  expect(majority.accuracy).toBeCloseTo(0.5, 2);
  expect(bag.accuracy).toBeGreaterThan(0.8);
  expect(bag.accuracy).toBeLessThan(0.85);
});
