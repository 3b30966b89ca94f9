/** @file The expected calibration error of predictions that are counted by hand. */
import { expect, test } from "vitest";
import { CalibrationCounter } from "../../src/evaluation/calibration.js";

function calibrationOf(all: readonly { confidence: number; right: boolean }[]) {
  const counter = new CalibrationCounter();
  for (const { confidence, right } of all) counter.add(confidence, right);
  return counter.finish();
}

const predictions = (count: number, right: number, confidence: number) =>
  Array.from({ length: count }, (_, index) => ({ confidence, right: index < right }));

test("calibration: calibrated probabilities have no error", () => {
  expect(calibrationOf([...predictions(10, 7, 0.7), ...predictions(4, 2, 0.5)]).error).toBeCloseTo(0, 12);
});

test("calibration: the error is the mean gap of the bins, weighted by their predictions", () => {
  const { error, bins } = calibrationOf([
    ...predictions(10, 5, 0.95),
    ...predictions(30, 27, 0.85),
    ...predictions(10, 10, 1),
  ]);
  expect(bins.map(({ from, to, count }) => [from, to, count])).toEqual([
    [0.8, 0.9, 30],
    [0.9, 1, 20],
  ]);
  expect(bins[1]!.confidence).toBeCloseTo(0.975, 12);
  expect(bins[1]!.accuracy).toBeCloseTo(0.75, 12);
  expect(error).toBeCloseTo((30 * 0.05 + 20 * 0.225) / 50, 12);
});

test("calibration: without predictions the error is 0", () => {
  expect(calibrationOf([])).toEqual({ error: 0, bins: [] });
});
