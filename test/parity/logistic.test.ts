/** @file The optimum of logistic regression beside scikit-learn's; logistic.py wrote logistic.json. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { solveLogistic, type Logistic, type SparseRows } from "../../src/baselines/bagSolver.js";

const stored = JSON.parse(readFileSync(new URL("logistic.json", import.meta.url), "utf8")) as {
  rows: number[][];
  scales: number[];
  factors: number[];
  targets: number[];
  optima: { C: number; weights: number[]; bias: number }[];
};

function sparse(rows: number[][]): SparseRows {
  const ends = rows.map((_, row) => rows.slice(0, row + 1).flat().length);
  return { count: rows.length, starts: [0, ...ends.slice(0, -1)], ends, columns: Int32Array.from(rows.flat()) };
}

const effort = { passes: 5000, tolerance: 1e-14 };

test("logistic regression: weights and bias are scikit-learn's, from zeros and from those of another C", () => {
  const { scales, factors, targets, optima } = stored;
  const rows = sparse(stored.rows);
  let warm: Logistic | undefined;
  for (const { C, weights, bias } of [...optima, ...optima.toReversed()]) {
    const cold = solveLogistic(rows, { scales, factors }, targets, { C, ...effort });
    warm = solveLogistic(rows, { scales, factors }, targets, { C, ...effort, from: warm });
    for (const found of [cold, warm]) {
      expect(found.bias).toBeCloseTo(bias, 5);
      // those of features as they occur in a row: the weight of the scaled feature times its scale
      for (const [feature, weight] of weights.entries())
        expect(found.weights[feature]).toBeCloseTo(weight * scales[feature]!, 5);
    }
  }
});
