/** @file The text of an evaluation. */
import { expect, test } from "vitest";
import { evaluationText } from "../../src/render/scoreTable.js";

const evaluationOf = (count: number) => {
  const confusion = Array.from({ length: count }, (_, row) =>
    Array.from({ length: count }, (__, column) => (row === column ? 9 : column === row + 1 ? row + 1 : 0)),
  );
  const labels = Array.from({ length: count }, (_, index) => `label-${index}`);
  const result = { part: "test", targets: 100, loss: 0.5, accuracy: 0.75, confusion, baselines: [] } as const;
  return { evaluation: { ...result, baselines: [], source: "reviews.csv", unknown: 0.0123 }, labels };
};

test("evaluation: a small confusion matrix is shown as a whole", () => {
  const { evaluation, labels } = evaluationOf(2);
  const text = evaluationText(evaluation, labels);
  expect(text).toMatch(/^reviews\.csv, out-of-vocabulary rate 1\.23%\n\n +accuracy +loss\nnetwork +75\.0% +0\.5000\n/);
  expect(text).toMatch(/\nactual ↓ {2}predicted → +label-0 +label-1\nlabel-0 +9 +1\nlabel-1 +0 +9\n$/);
});

test("evaluation: a confusion matrix that is too wide becomes a list of its most frequent errors", () => {
  const { evaluation, labels } = evaluationOf(12);
  const text = evaluationText(evaluation, labels);
  expect(text).toContain("The 12 × 12 confusion matrix is wider than 80 columns");
  expect(text).toMatch(/\nactual +predicted +count\nlabel-10 +label-11 +11\nlabel-9 +label-10 +10\n/);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});
