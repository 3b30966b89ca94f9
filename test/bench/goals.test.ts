/** @file The condition under which a row of the benchmark meets its goal. */
import { expect, test } from "vitest";
import { goalOf, measuredLimits, relativeSpeed } from "../../bench/goals.mjs";
import { rows } from "../../bench/rows.mjs";
import { measured } from "./results.js";

const row = rows["char256"]!;

test("bench goals: every condition must hold", () => {
  const fast = { ours: 150, pytorch: 100 };
  expect(goalOf(row, measured(fast, { peakFraction: 0.75 }))).toEqual({
    goal: "1.5 x pytorch, 75 % of peak",
    met: true,
  });
  expect(goalOf(row, measured(fast, { peakFraction: 0.74 })).met).toBe(false);
  expect(goalOf(row, measured({ ...fast, ours: 149 }, { peakFraction: 0.8 })).met).toBe(false);
});

test("bench goals: a condition that was not measured makes the result unknown, unless another one fails", () => {
  expect(goalOf(row, measured({ ours: 150 }, { peakFraction: 0.8 })).met).toBeNull();
  expect(goalOf(row, measured({ ours: 150 }, { peakFraction: 0.7 })).met).toBe(false);
  expect(goalOf(row, measured({ pytorch: 100 })).met).toBeNull();
});

test("bench goals: nine tenths of the roofline meet any goal", () => {
  const result = measured({ ours: 150, onnxruntime: 100, pytorch: 50 }, { roofline: { fraction: 0.9, by: "memory" } });
  expect(goalOf(rows["char256-generate"]!, result).met).toBe(true);
});

test("bench goals: less time is faster", () => {
  const help = rows["help"]!;
  expect(goalOf(help, measured({ ours: 0.08 }, { roofline: null }))).toEqual({ goal: "at most 0.08 s", met: true });
  expect(goalOf(help, measured({ ours: 0.081 }, { roofline: null })).met).toBe(false);
  expect(relativeSpeed("s", 0.1, 0.2)).toBe(2);
  expect(relativeSpeed("tokens/s", 200, 100)).toBe(2);
});

test("bench goals: the figures of a missed goal say what fraction of the peak it would take", () => {
  expect(measuredLimits(row, measured({ ours: 120, pytorch: 100 }, { peakFraction: 0.6 }))).toEqual([
    "pytorch reaches 50 % of the fp32 peak here and rnn 60 %; 1.5 times the speed of pytorch would be 75 %.",
  ]);
  expect(measuredLimits(row, measured({ ours: 150, pytorch: 100 }))).toEqual([]);
  const memory = { fraction: 0.55, by: "memory" } as const;
  expect(measuredLimits(rows["char256-generate"]!, measured({ ours: 1, pytorch: 1 }, { roofline: memory }))).toEqual([
    "It reaches 55 % of the memory bandwidth.",
  ]);
  expect(measuredLimits(rows["help"]!, measured({ ours: 0.2, "bare-node": 0.1 }))).toEqual([
    "Node with an empty script takes 0.100 s of the 0.200 s.",
  ]);
});
