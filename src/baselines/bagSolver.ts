/** @file Logistic regression with L2 regularization over sparse rows, by coordinate descent on its dual (Yu, Huang & Lin 2011). */
import { randomStream, shuffle } from "../common/random.js";

/** Rows of features: those of row r are columns[starts[r]] … columns[ends[r] - 1]. */
export type SparseRows = {
  readonly count: number;
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
  readonly columns: Int32Array;
};

/** The value of feature j in row i is scales[j] · factors[i]. */
export type RowValues = { scales: ArrayLike<number>; factors: ArrayLike<number> };

/** A solution. weights: of the features as they occur in rows of factor 1, those of the scaled features times their scales. */
export type Logistic = {
  weights: Float64Array;
  bias: number;
  C: number;
  /** [rows], the probability of each row's other class; the dual variables are C times these, and determine the weights. */
  probabilities: Float64Array;
};

export type SolverOptions = {
  /** The weight of the losses against half the squared norm of the weights and the bias. */
  C: number;
  /** Passes over the rows at most. */
  passes?: number;
  /** Ends when the probabilities change by no more than this fraction of their sum in a pass. */
  tolerance?: number;
  /** A solution for the same rows with another C, or with other values or more or fewer features, from which this one starts. */
  from?: Pick<Logistic, "C" | "probabilities"> | undefined;
};

/**
 * Minimizes ½ (‖w‖² + b²) + C Σ log(1 + exp(−yᵢ (w·xᵢ + b))).
 * @param targets [rows], 1 or -1
 */
export function solveLogistic(
  rows: SparseRows,
  { scales, factors }: RowValues,
  targets: ArrayLike<number>,
  { C, passes = 100, tolerance = 1e-3, from }: SolverOptions,
): Logistic {
  const { count, starts, ends, columns } = rows;
  const probabilities = firstProbabilities(count, C, from);
  const table = weightsAndSquares(scales); // the weight of feature j at 2 j, its squared scale beside it
  const norms = squaredNorms(rows, table, factors);
  let bias = 0;

  /** Adds a step along the direction of a row. */
  const move = (row: number, step: number): void => {
    bias += step;
    const scaled = step * factors[row]!;
    for (let at = starts[row]!; at < ends[row]!; at++) {
      const index = 2 * columns[at]!;
      table[index]! += scaled * table[index + 1]!;
    }
  };
  for (let row = 0; row < count; row++)
    if (probabilities[row] !== 0) move(row, targets[row]! * C * probabilities[row]!);

  const order = Int32Array.from({ length: count }, (_, row) => row);
  for (let pass = 0; pass < passes; pass++) {
    let [change, total] = [0, 0];
    shuffle(order, randomStream(pass, "bag of n-grams"));
    for (const row of order) {
      let sum = 0;
      for (let at = starts[row]!; at < ends[row]!; at++) sum += table[2 * columns[at]!]!;
      const target = targets[row]!;
      const before = probabilities[row]!;
      const after = bestProbability(target * (sum * factors[row]! + bias), before, C * norms[row]!);
      total += after;
      if (Math.abs(after - before) <= trifle * tolerance * after) continue;
      probabilities[row] = after;
      move(row, target * C * (after - before));
      change += Math.abs(after - before);
    }
    if (change <= tolerance * total) break;
  }
  const weights = new Float64Array(scales.length);
  for (let feature = 0; feature < scales.length; feature++) weights[feature] = table[2 * feature]!;
  return { weights, bias, C, probabilities };
}

/** A larger C makes weights larger and probabilities smaller: by about the root of the ratio each, which is a better start than all of it in one of them. */
function firstProbabilities(count: number, C: number, from: SolverOptions["from"]): Float64Array {
  if (!from) return new Float64Array(count);
  const shrink = Math.sqrt(from.C / C);
  return from.probabilities.map((probability) => Math.min(1, probability * shrink));
}

function weightsAndSquares(scales: ArrayLike<number>): Float64Array {
  const table = new Float64Array(2 * scales.length);
  for (let feature = 0; feature < scales.length; feature++) table[2 * feature + 1] = scales[feature]! ** 2;
  return table;
}

/** ‖xᵢ‖² of each row, with the 1 of the bias. */
function squaredNorms(
  { count, starts, ends, columns }: SparseRows,
  table: Float64Array,
  factors: ArrayLike<number>,
): Float64Array {
  const norms = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = 0;
    for (let at = starts[row]!; at < ends[row]!; at++) sum += table[2 * columns[at]! + 1]!;
    norms[row] = sum * factors[row]! ** 2 + 1;
  }
  return norms;
}

/** A change of a probability by a smaller part of the tolerance is left out, since a step costs as much as finding it. */
const trifle = 0.1;
const mostSteps = 50;
/** Of the logit; the step before it was Newton's, so that the error is far smaller. */
const precision = 1e-9;

/**
 * The probability p of the other class that is optimal for one row while all others are fixed: the root of t + m + c (p − p₀) with p = 1 / (1 + exp(−t)), which
 * rises with t by at least 1. Newton's method, within the interval of the root.
 * @param margin m, of the row before the step @param before p₀ @param slope c: C ‖x‖²
 */
function bestProbability(margin: number, before: number, slope: number): number {
  let low = -margin - slope * (1 - before);
  let high = -margin + slope * before;
  let logit = Math.min(high, Math.max(low, -margin));
  let probability = before;
  for (let step = 0; step < mostSteps; step++) {
    probability = 1 / (1 + Math.exp(-logit));
    const error = logit + margin + slope * (probability - before);
    if (error > 0) high = logit;
    else low = logit;
    const next = logit - error / (1 + slope * probability * (1 - probability));
    const inside = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(inside - logit) <= precision * (1 + Math.abs(logit))) break;
    logit = inside;
  }
  return probability;
}
