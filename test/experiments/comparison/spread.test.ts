/** @file Means, spreads and what is more than noise. */
import { expect, test } from "vitest";
import { differs, errorOfDifference, spreadOf } from "../../../src/experiments/comparison/spread.js";

test("the deviation is the sample's", () => {
  expect(spreadOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: expect.closeTo(2.138, 3), count: 8 });
  expect(spreadOf([3])).toEqual({ mean: 3, deviation: 0, count: 1 });
});

test("two shares of few rows are not told apart, the same shares of many rows are", () => {
  const [left, right] = [spreadOf([0.82]), spreadOf([0.78])];
  expect(differs(left, right, 200)).toBe(false);
  expect(differs(left, right, 20_000)).toBe(true);
  expect(errorOfDifference(left, right, 200)).toBeCloseTo(Math.sqrt((0.82 * 0.18 + 0.78 * 0.22) / 200), 12);
});

test("runs that scatter hide a difference that steady ones show", () => {
  expect(differs(spreadOf([90, 110, 100]), spreadOf([105, 115, 95]), null)).toBe(false);
  expect(differs(spreadOf([99.9, 100.1, 100]), spreadOf([105, 105.1, 104.9]), null)).toBe(true);
});
