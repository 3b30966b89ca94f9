/** @file Metrics against scikit-learn's. */
import { expect, test } from "vitest";
import { classificationReport, confusionMatrix, regressionErrors, perplexity } from "../../src/evaluation/metrics.js";
import scikit from "../parity/classification.json" with { type: "json" };

type ScikitScores = { precision: number; recall: number; "f1-score": number; support: number };

// Course row 2.5: docs/guide/README.md#course-rows
test.each(scikit.cases)("metrics: the report has scikit-learn's numbers: $name", (expected) => {
  const pairs = expected.truth.map((truth, index) => [truth, expected.predicted[index]!] as const);
  const matrix = confusionMatrix(pairs, expected.classes);
  expect(matrix).toEqual(expected.matrix);

  const labels = Array.from({ length: expected.classes }, (_, index) => String(index));
  const { accuracy, support, classes, macro, weighted } = classificationReport(matrix, labels);
  expect(accuracy).toBeCloseTo(expected.accuracy, 12);
  expect(support).toBe(expected.truth.length);
  const rows = new Map([
    ...classes.map((one) => [one.label, one] as const),
    ["macro avg", macro],
    ["weighted avg", weighted],
  ]);
  const scores: [string, ScikitScores][] = Object.entries(expected.report);
  for (const [name, row] of scores) {
    expect(rows.get(name)!.precision).toBeCloseTo(row.precision, 12);
    expect(rows.get(name)!.recall).toBeCloseTo(row.recall, 12);
    expect(rows.get(name)!.f1).toBeCloseTo(row["f1-score"], 12);
    expect(rows.get(name)!.support).toBe(row.support);
  }
});

test("metrics: without examples the report has zeros, not NaN", () => {
  const { accuracy, macro, weighted } = classificationReport(confusionMatrix([], 2), ["bad", "good"]);
  expect(accuracy).toBe(0);
  expect(macro).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
  expect(weighted).toEqual(macro);
});

test("metrics: perplexity is the number of equally likely tokens with that loss", () => {
  expect(perplexity(Math.log(65))).toBeCloseTo(65, 10);
});

test("metrics: the errors of numbers are scikit-learn's", () => {
  const errors = regressionErrors([3, -0.5, 2, 7], [2.5, 0, 2, 8]); // the example of its user guide
  expect(errors.meanAbsoluteError).toBeCloseTo(0.5, 12);
  expect(errors.rootMeanSquaredError).toBeCloseTo(Math.sqrt(0.375), 12);
  expect(errors.r2).toBeCloseTo(0.9486081370449679, 12);
  expect(regressionErrors([1, 2, 3], [2, 2, 2]).r2).toBe(0);
  expect(regressionErrors([2, 2], [2, 2]).r2).toBe(1);
  expect(regressionErrors([2, 2], [1, 3]).r2).toBe(0);
});
