/** @file The minimum cost of a row. */
import { expect, test } from "vitest";
import { operations, roofline, weightBytes } from "../../bench/roofline.mjs";
import { quantiles, rows, type Shape } from "../../bench/rows.mjs";

const generator = (batch: number) => ({
  ...rows["char256-generate"]!,
  shape: { vocabulary: 65, embedding: 64, units: [256, 256], batch, steps: 1 },
});
const weights = 4 * 256 * (64 + 256) + 4 * 256 * (256 + 256) + 256 * 65;

test("bench roofline: two operations per weight and token forward, four more in training", () => {
  expect(operations(generator(1))).toBe(2 * weights);
  expect(operations(rows["char256"]!)).toBe(6 * weights);
});

test("bench roofline: documents of different lengths cost their mean length", () => {
  const row = rows["bilstm64-train"]!;
  const shape = { ...(row.shape as Shape), steps: 10 };
  const both = { ...row, shape: { ...shape, lengths: [5, 15] } };
  expect(operations(both)).toBe(operations({ ...row, shape }));
});

test("bench roofline: memory limits the generation of one text, arithmetic that of many", () => {
  const machine = { peak: 100, bandwidth: 100 };
  expect(weightBytes(generator(1))).toBe(4 * weights);
  expect(roofline(generator(1), machine)).toEqual({ speed: 100e9 / (4 * weights), by: "memory" });
  expect(roofline(generator(64), machine)).toEqual({ speed: 100e9 / (2 * weights), by: "arithmetic" });
  expect(roofline(rows["char256"]!, { peak: 100, bandwidth: null }).by).toBe("arithmetic");
});

test("bench rows: lengths follow their histogram", () => {
  expect(quantiles([2, 0, 1, 1], 4)).toEqual([1, 1, 3, 4]);
  expect(quantiles([2, 0, 1, 1], 8)).toEqual([1, 1, 1, 1, 3, 3, 4, 4]);
  expect(Math.max(...(rows["bilstm128-imdb"]!.shape as Shape).lengths!)).toBe(400);
});
