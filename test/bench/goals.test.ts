/** @file When a row of the benchmark is met. */
import { expect, test } from "vitest";
import { goalOf, timesAsFast } from "../../bench/goals.mjs";
import { rows } from "../../bench/rows.mjs";
import { measured } from "./results.js";

const row = rows["char256"]!;

test("every condition has to hold", () => {
  const fast = { ours: 150, pytorch: 100 };
  expect(goalOf(row, measured(fast, { peakShare: 0.75 }))).toEqual({ goal: "1.5 x pytorch, 75 % of peak", met: true });
  expect(goalOf(row, measured(fast, { peakShare: 0.74 })).met).toBe(false);
  expect(goalOf(row, measured({ ...fast, ours: 149 }, { peakShare: 0.8 })).met).toBe(false);
});

test("what was not measured is neither met nor missed, unless something else is missed", () => {
  expect(goalOf(row, measured({ ours: 150 }, { peakShare: 0.8 })).met).toBeNull();
  expect(goalOf(row, measured({ ours: 150 }, { peakShare: 0.7 })).met).toBe(false);
  expect(goalOf(row, measured({ pytorch: 100 })).met).toBeNull();
});

test("nine tenths of what the machine can do at all is enough", () => {
  const result = measured({ ours: 150, onnxruntime: 100, pytorch: 50 }, { roofline: { share: 0.9, by: "memory" } });
  expect(goalOf(rows["char256-generate"]!, result).met).toBe(true);
});

test("of seconds fewer are better", () => {
  const help = rows["help"]!;
  expect(goalOf(help, measured({ ours: 0.08 }, { roofline: null }))).toEqual({ goal: "at most 0.08 s", met: true });
  expect(goalOf(help, measured({ ours: 0.081 }, { roofline: null })).met).toBe(false);
  expect(timesAsFast("s", 0.1, 0.2)).toBe(2);
  expect(timesAsFast("tokens/s", 200, 100)).toBe(2);
});
