/** @file Rows of numbers as examples: scaled, stored once, split in time. */
import { expect, test } from "vitest";
import { NumberDocuments, numberInputs } from "../../src/examples/numberExamples.js";
import { scaled, scaledInput, scalesOf, unscaled } from "../../src/examples/scaling.js";
import { type Part, parts, split } from "../../src/examples/split.js";
import type { Corpus, Document } from "../../src/corpus/document.js";
import { labelTask } from "../../src/examples/corpusStats.js";

// Course row 2.4: docs/guide/README.md#course-rows
test("scaling: numbers are standardized by the mean and standard deviation of each column", () => {
  const scales = scalesOf([1, 100, 5, 2, 100, 5, 3, 400, 5], { width: 3, columns: ["a", "b", "c"] });
  expect(scales[0]).toEqual({ name: "a", mean: 2, deviation: Math.sqrt(2 / 3) });
  expect(scales[1]!.mean).toBeCloseTo(200, 10);
  expect(scaled(400, scales[1]!)).toBeCloseTo(Math.SQRT2, 6);
  expect(unscaled(scaled(3, scales[0]!), scales[0]!)).toBeCloseTo(3, 12);
});

// Course row 2.4: docs/guide/README.md#course-rows
test("scaling: a constant column becomes zeros, and outliers are clipped", () => {
  const [constant] = scalesOf(new Float32Array(1000).fill(0.1), { width: 1 });
  expect(constant!.deviation).toBe(1);
  expect(scaledInput(Math.fround(0.1), constant!)).toBeCloseTo(0, 6);
  expect(scaledInput(1e9, constant!)).toBe(10);
});

test("numbers: a batch is time-major, with its padding at the end", () => {
  const scaling = [
    { mean: 0, deviation: 1 },
    { mean: 1, deviation: 2 },
  ];
  expect(
    numberInputs(
      [
        [1, 3, 2, 5],
        [7, 1],
      ],
      scaling,
    ),
  ).toEqual({
    time: 2,
    rows: 2,
    width: 2,
    lengths: Int32Array.of(2, 1),
    numbers: Float32Array.of(1, 1, 7, 0, 2, 2, 0, 0),
  });
});

test("numbers: windows of a series store each row once", () => {
  const store = new NumberDocuments({ width: 1 });
  for (const begin of [0, 1, 2, 9])
    store.push({ width: 1, values: Float32Array.of(begin, begin + 1, begin + 2), begin });
  expect([0, 1, 2, 3].map((index) => [...store.document(index)])).toEqual([
    [0, 1, 2],
    [1, 2, 3],
    [2, 3, 4],
    [9, 10, 11],
  ]);
  expect(store.scales()[0]!.mean).toBe((0 + 1 + 2 + 3 + 4 + 9 + 10 + 11) / 8);
});

test("numbers: bytes stay bytes", () => {
  const store = new NumberDocuments({ width: 2 });
  store.push({ width: 2, values: Uint8Array.of(1, 2, 3, 4) });
  expect(store.document(0)).toEqual(Uint8Array.of(1, 2, 3, 4));
});

const window = 5;
const horizon = 2;
const series = (count: number): Corpus => ({
  name: "series",
  shape: "documents",
  labeled: true,
  overlap: window - 1 + horizon,
  digest: "",
  bytes: 0,
  read: async function* () {
    for (let begin = 0; begin < count; begin++) {
      yield { text: "", rows: { width: 1, values: new Float32Array(window), begin } } satisfies Document;
    }
  },
});

async function beginsByPart(count: number, fractions: { validation: number; test: number }) {
  const begins: Record<Part, number[]> = { training: [], validation: [], test: [] };
  const stats = { documents: count, characters: 0, labels: [] };
  for await (const block of split(series(count), stats, { fractions, seed: 1 }))
    for (const { document, part } of block) begins[part].push(document.rows!.begin!);
  return begins;
}

test.each([
  [100, { validation: 0.1, test: 0.1 }],
  [40, { validation: 0.2, test: 0.3 }],
  [60, { validation: 0, test: 0.2 }],
  [60, { validation: 0.1, test: 0 }],
])("split: windows are split in time, and no row is in two parts: %i windows, %o", async (count, fractions) => {
  const begins = await beginsByPart(count, fractions);
  const inTime = parts.flatMap((part) => begins[part]);
  expect(inTime).toEqual(inTime.toSorted((left, right) => left - right));
  const reached = (part: Part): number => Math.max(-1, ...begins[part].map((begin) => begin + window - 1 + horizon));
  for (const [before, after] of [
    ["training", "validation"],
    ["validation", "test"],
    ["training", "test"],
  ] as const) {
    for (const begin of begins[after]) expect(begin).toBeGreaterThan(reached(before));
  }
  for (const part of ["validation", "test"] as const) expect(begins[part].length > 0).toBe(fractions[part] > 0);
});

test("split: a series that is too short for its parts is an error", async () => {
  await expect(beginsByPart(12, { validation: 0.1, test: 0.1 })).rejects.toThrow(/12 windows, too few.*--window/);
});

test("task: numeric labels are a regressor's only if they look measured", () => {
  const many = Array.from({ length: 30 }, (_, index) => String(index));
  expect(labelTask(many)).toBe("classifier");
  expect(labelTask(["1", "1.5", "2"])).toBe("classifier");
  expect(labelTask([...many, "0.5"])).toBe("regressor");
  expect(labelTask([...many, "0.5", "none"])).toBe("classifier");
});
