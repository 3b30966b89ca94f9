/** @file One draw from a distribution. */
import type { Random } from "../../common/random.js";

/**
 * Draws an index with the given probabilities as `np.random.choice(n, p=probabilities)` does: cumulative sums in double
 * precision, divided by the last of them, and the first that exceeds one uniform number. What has probability 0 is never drawn.
 * @param probabilities [vocabulary], each ≥ 0; they need not sum to 1
 * @param random uniform in [0, 1); handed in, so that the caller owns the seed
 * @throws RangeError for probabilities whose sum is not a positive number
 */
export function draw(probabilities: ArrayLike<number>, random: Random): number {
  let total = 0;
  for (let token = 0; token < probabilities.length; token++) total += probabilities[token]!;
  if (!(total > 0 && total < Infinity)) throw new RangeError(`cannot draw from probabilities that sum to ${total}`);
  const uniform = random();
  let token = 0;
  let sum = probabilities[0]!;
  while (sum / total <= uniform) sum += probabilities[++token]!; // ends: the last quotient is 1
  return token;
}
