/** @file How well probabilities rank examples: the area under the ROC curve, and average precision, of one class against the rest. */

/** Ranks of one class against all others; null where they are not defined. Both from 0 to 1. */
export type Ranking = { rocAuc: number | null; averagePrecision: number | null };

/**
 * rocAuc: the probability that a random example of the class has a higher score than a random other one, ties counting one half (Hanley & McNeil 1982); null
 * unless there are examples of both kinds.
 * averagePrecision: the mean over the recall of the precision, Σ (Rₙ − Rₙ₋₁) Pₙ over the distinct scores; null without an example of the class.
 * Both are those of scikit-learn.
 * @param isPositive whether each example is of the class
 * @param scores of the examples, higher for the class
 */
export function rankingOf(isPositive: ArrayLike<boolean>, scores: Float64Array): Ranking {
  const order = new Uint32Array(scores.length).map((_, index) => index);
  order.sort((left, right) => scores[right]! - scores[left]!);
  let positives = 0;
  for (let index = 0; index < isPositive.length; index++) positives += Number(isPositive[index]);
  const negatives = scores.length - positives;

  let above = { positives: 0, negatives: 0 }; // with a higher score
  let pairs = 0; // of a positive above a negative
  let precisions = 0;
  for (let at = 0; at < order.length;) {
    const score = scores[order[at]!]!;
    const tied = { ...above };
    for (; at < order.length && scores[order[at]!] === score; at++) {
      if (isPositive[order[at]!]) tied.positives++;
      else tied.negatives++;
    }
    const found = tied.positives - above.positives;
    pairs += (tied.negatives - above.negatives) * (above.positives + found / 2);
    precisions += found * (tied.positives / (tied.positives + tied.negatives));
    above = tied;
  }
  return {
    rocAuc: positives > 0 && negatives > 0 ? pairs / positives / negatives : null,
    averagePrecision: positives > 0 ? precisions / positives : null,
  };
}

/** The unweighted mean of the values that are defined; undefined without any. */
export function meanOfDefined(values: readonly (number | null)[]): number | undefined {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? undefined : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
