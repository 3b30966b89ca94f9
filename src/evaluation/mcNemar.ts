/** @file McNemar's test: whether two classifiers differ by more than chance on the same examples (McNemar 1947; Edwards 1948). */

/** p: the probability of counts as different as these or more, if both classifiers were equally good. */
export type McNemarTest = { method: "exact binomial" | "chi-squared"; p: number };

/** Below this number of examples on which one alone is right, the binomial distribution is summed. */
const fewDiscordant = 25;

/**
 * Two-sided.
 * @param firstAlone the examples on which only the first classifier is right @param secondAlone those on which only the second one is
 */
export function mcNemarTest(firstAlone: number, secondAlone: number): McNemarTest {
  const discordant = firstAlone + secondAlone;
  if (discordant < fewDiscordant)
    return {
      method: "exact binomial",
      p: Math.min(1, 2 * binomialBelow(Math.min(firstAlone, secondAlone), discordant)),
    };
  const difference = Math.max(0, Math.abs(firstAlone - secondAlone) - 1); // continuity correction
  return { method: "chi-squared", p: chiSquaredTail(difference ** 2 / discordant) };
}

/** The probability of at most `most` heads in `count` throws of a coin. */
function binomialBelow(most: number, count: number): number {
  let term = 0.5 ** count;
  let sum = term;
  for (let heads = 1; heads <= most; heads++) {
    term *= (count - heads + 1) / heads;
    sum += term;
  }
  return sum;
}

/** The probability of a value above `value` under χ² with one degree of freedom: erfc(√(value / 2)). */
const chiSquaredTail = (value: number): number => complementaryError(Math.sqrt(value / 2));

const seriesUpTo = 2.5;
const fractionTerms = 60;

/** erfc(x) for x ≥ 0: by the power series of erf, or for a large x by the continued fraction (Abramowitz & Stegun 7.1.6 and 7.1.14). */
function complementaryError(x: number): number {
  if (x <= seriesUpTo) {
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * Number.EPSILON; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = x;
  for (let n = fractionTerms; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
