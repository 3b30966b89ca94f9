/** @file Statistics over runs: standard deviations, significance, and the verdict in words. */
import { expect, test } from "vitest";
import {
  differs,
  standardErrorOfDifference,
  statisticsOf,
  type Summary,
} from "../../../src/experiments/comparison/comparisonSummary.js";
import { verdict } from "../../../src/render/comparisonTable.js";

test("compare: the standard deviation is that of the sample", () => {
  expect(statisticsOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
    mean: 5,
    standardDeviation: expect.closeTo(2.138, 3),
    count: 8,
  });
  expect(statisticsOf([3])).toEqual({ mean: 3, standardDeviation: 0, count: 1 });
});

test("compare: two accuracies differ significantly on many rows and not on few", () => {
  const [left, right] = [statisticsOf([0.82]), statisticsOf([0.78])];
  expect(differs(left, right, 200)).toBe(false);
  expect(differs(left, right, 20_000)).toBe(true);
  expect(standardErrorOfDifference(left, right, 200)).toBeCloseTo(Math.sqrt((0.82 * 0.18 + 0.78 * 0.22) / 200), 12);
});

test("compare: a large standard deviation makes a difference insignificant", () => {
  expect(differs(statisticsOf([90, 110, 100]), statisticsOf([105, 115, 95]), null)).toBe(false);
  expect(differs(statisticsOf([99.9, 100.1, 100]), statisticsOf([105, 105.1, 104.9]), null)).toBe(true);
});

test("compare: the verdict names each significant difference and groups the others as within two standard errors", () => {
  const networks = ["lstm", "gru", "mean"].map((network) => ({
    network,
    score: { mean: 0.8, standardDeviation: 0.01, count: 3 },
  })) as Summary["networks"];
  const summary: Summary = {
    task: "classifier",
    metric: "accuracy",
    targets: 1200,
    part: "test",
    networks,
    baselines: [],
    differences: [
      ["lstm", "mean"],
      ["gru", "mean"],
    ],
  };
  const basis = "test part: 1,200 documents; 3 seeds; ± is the standard deviation";
  expect(verdict(summary)).toEqual([
    "lstm is better than mean by more than two standard errors",
    "gru is better than mean by more than two standard errors",
    "all other differences are within two standard errors",
    basis,
  ]);
  expect(verdict({ ...summary, differences: [] })).toEqual(["all differences are within two standard errors", basis]);
  expect(verdict({ ...summary, networks: networks.slice(0, 2), differences: [] })).toEqual([
    "the difference between lstm and gru is within two standard errors",
    basis,
  ]);
});
