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

/** Weights of the features as they occur in rows of factor 1: those of the scaled features times their scales. */
export type LinearWeights = { weights: Float64Array; bias: number };

/** A problem's state, which another C continues from. probabilities: of each row, that of the other class; the dual variables are C times these. */
export type SolverState = LinearWeights & { C: number; probabilities: Float64Array };

export type SolverOptions = {
  /** The weight of the losses against half the squared norm of the weights and the bias. */
  C: number;
  /** Passes over the rows at most. */
  passes?: number;
  /** Ends when no probability changes by more in a pass. */
  tolerance?: number;
  /** When the time is over, in milliseconds of `performance.now`. */
  until?: number | undefined;
  /** The state for another C, changed in place. */
  from?: SolverState | undefined;
};

/**
 * Minimizes ½ (‖w‖² + b²) + C Σ log(1 + exp(−yᵢ (w·xᵢ + b))).
 * @param targets [rows], 1 or -1
 */
export function solveLogistic(
  rows: SparseRows,
  { scales, factors }: RowValues,
  targets: ArrayLike<number>,
  { C, passes = 100, tolerance = 1e-3, until = Infinity, from }: SolverOptions,
): SolverState {
  const { count, starts, ends, columns } = rows;
  const {
    weights,
    probabilities,
    bias: firstBias,
  } = from
    ? continued(from, C)
    : { weights: new Float64Array(scales.length), probabilities: new Float64Array(count), bias: 0 };
  let bias = firstBias;
  const squares = Float64Array.from(scales, (scale) => scale * scale);
  const norms = squaredNorms(rows, squares, factors);
  const order = Int32Array.from({ length: count }, (_, row) => row);
  for (let pass = 0; pass < passes; pass++) {
    let change = 0;
    shuffle(order, randomStream(pass, "bag of n-grams"));
    for (const row of order) {
      const [start, end] = [starts[row]!, ends[row]!];
      const factor = factors[row]!;
      let sum = 0;
      for (let at = start; at < end; at++) sum += weights[columns[at]!]!;
      const target = targets[row]!;
      const before = probabilities[row]!;
      const after = bestProbability(target * (sum * factor + bias), before, C * norms[row]!);
      const step = target * C * (after - before);
      probabilities[row] = after;
      bias += step;
      const scaled = step * factor;
      for (let at = start; at < end; at++) {
        const column = columns[at]!;
        weights[column]! += scaled * squares[column]!;
      }
      change = Math.max(change, Math.abs(after - before));
    }
    if (change <= tolerance || performance.now() >= until) break;
  }
  return { weights, bias, C, probabilities };
}

/** The state for another C: with a larger one the weights stay and the probabilities fall, with a smaller one the other way round, so that none is above 1. */
function continued(state: SolverState, C: number): Omit<SolverState, "C"> {
  const { weights, probabilities } = state;
  const ratio = C / state.C;
  if (ratio >= 1) {
    for (let row = 0; row < probabilities.length; row++) probabilities[row]! /= ratio;
    return state;
  }
  for (let feature = 0; feature < weights.length; feature++) weights[feature]! *= ratio;
  return { weights, probabilities, bias: state.bias * ratio };
}

/** ‖xᵢ‖² of each row, with the 1 of the bias. */
function squaredNorms(
  { count, starts, ends, columns }: SparseRows,
  squares: Float64Array,
  factors: ArrayLike<number>,
): Float64Array {
  const norms = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = 0;
    for (let at = starts[row]!; at < ends[row]!; at++) sum += squares[columns[at]!]!;
    norms[row] = sum * factors[row]! ** 2 + 1;
  }
  return norms;
}

const mostSteps = 50;
const precision = 1e-12;

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
