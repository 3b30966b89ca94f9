/** @file Perplexity, and the errors of predicted numbers. */

/** exp(loss). @param loss mean cross-entropy in nats */
export const perplexity = (loss: number): number => Math.exp(loss);

export type RegressionErrors = {
  meanAbsoluteError: number;
  rootMeanSquaredError: number;
  /** The explained fraction of the variance: 1 without error, 0 for a constant prediction of the mean, negative for worse. */
  r2: number;
};

/**
 * For a constant target, whose variance is 0, `r2` is 1 without error and else 0, as in scikit-learn's `r2_score`.
 * @param predicted one number for each of `actual`
 */
export function regressionErrors(actual: readonly number[], predicted: readonly number[]): RegressionErrors {
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
