/** @file Numbers from several runs, and whether two networks differ by more than chance. */

/** mean, and the sample standard deviation; 0 of one number. */
export type Spread = { mean: number; deviation: number; count: number };

export function spreadOf(values: readonly number[]): Spread {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0, count };
}

/**
 * The standard error of the difference of two means: from the runs' seeds (Welch 1947), and, for shares of `rows`, from which rows happen to be
 * among the test (binomial). Both networks are judged on the same rows, which makes the true error smaller: what is called a difference is one.
 */
export function errorOfDifference(left: Spread, right: Spread, rows: number | null): number {
  const ofSeeds = ({ deviation, count }: Spread): number => deviation ** 2 / count;
  const ofRows = ({ mean }: Spread): number => (rows === null ? 0 : (mean * (1 - mean)) / rows);
  return Math.sqrt(ofSeeds(left) + ofSeeds(right) + ofRows(left) + ofRows(right));
}

/** Standard errors by which two means must differ to be told apart, about 95 times in 100. */
const enough = 2;

export const differs = (left: Spread, right: Spread, rows: number | null): boolean =>
  Math.abs(left.mean - right.mean) > enough * errorOfDifference(left, right, rows);
