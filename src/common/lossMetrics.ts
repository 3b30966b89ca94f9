/** @file Perplexity, and the errors of predicted numbers. */

/** exp(loss). @param loss mean cross-entropy in nats */
export const perplexity = (loss: number): number => Math.exp(loss);

export type RegressionErrors = {
  meanAbsoluteError: number;
  rootMeanSquaredError: number;
  /** The explained fraction of the variance: 1 without error, 0 for a constant prediction of the mean, negative for worse. */
  r2: number;
};

/** Numbers of any storage: an array, or a list that needs less memory. */
export type NumberSequence = { readonly length: number; at(index: number): number | undefined };

/**
 * For a constant target, whose variance is 0, `r2` is 1 without error and else 0, as in scikit-learn's `r2_score`.
 * @param predicted one number for each of `actual`
 */
export function regressionErrors(actual: NumberSequence, predicted: NumberSequence): RegressionErrors {
  const sumOver = (valueAt: (index: number) => number): number => {
    let sum = 0;
    for (let index = 0; index < actual.length; index++) sum += valueAt(index);
    return sum;
  };
  const residualAt = (index: number): number => actual.at(index)! - predicted.at(index)!;
  const count = Math.max(1, actual.length);
  const mean = sumOver((index) => actual.at(index)!) / count;
  const squares = sumOver((index) => residualAt(index) ** 2);
  const variance = sumOver((index) => (actual.at(index)! - mean) ** 2);
  return {
    meanAbsoluteError: sumOver((index) => Math.abs(residualAt(index))) / count,
    rootMeanSquaredError: Math.sqrt(squares / count),
    r2: variance > 0 ? 1 - squares / variance : Number(squares === 0),
  };
}
