/** @file Measures of predictions that evaluations and baselines share. */

/** The exponential of the mean cross-entropy in nats. */
export const perplexity = (loss: number): number => Math.exp(loss);

/** Errors of predicted numbers. */
export type Errors = {
  meanAbsoluteError: number;
  rootMeanSquaredError: number;
  /** The fraction of the variance that is explained: 1 without error, 0 for the mean of the actual numbers, below 0 for worse. */
  r2: number;
};

/**
 * Where the actual numbers are constant, `r2` is 1 without error and else 0, as in scikit-learn's `r2_score`.
 * @param predicted one number for each of `actual`
 */
export function errorsOf(actual: readonly number[], predicted: readonly number[]): Errors {
  const count = Math.max(1, actual.length);
  const mean = sum(actual) / count;
  const residuals = actual.map((number, index) => number - predicted[index]!);
  const squares = sum(residuals.map((residual) => residual ** 2));
  const variance = sum(actual.map((number) => (number - mean) ** 2));
  return {
    meanAbsoluteError: sum(residuals.map(Math.abs)) / count,
    rootMeanSquaredError: Math.sqrt(squares / count),
    r2: variance > 0 ? 1 - squares / variance : Number(squares === 0),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
