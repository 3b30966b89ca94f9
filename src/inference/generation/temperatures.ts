/** @file Temperature, fixed or by the entropy of each draw. */
import { type Candidates, keepHighest, largestOf, totalWeight, weigh } from "./candidates.js";

/**
 * Divides the logits by a temperature; 0 keeps the most probable token alone, the lowest id of equal ones. The largest logit becomes 0.
 * @returns the number of tokens that stay
 */
export function temper(candidates: Candidates, temperature: number): number {
  const { ids, count, logits } = candidates;
  if (temperature === 0) return keepHighest(candidates, logits, 1);
  const largest = largestOf(candidates, logits);
  for (let index = 0; index < count; index++) {
    const id = ids[index]!;
    logits[id] = (logits[id]! - largest) / temperature;
  }
  return count;
}

export type TemperatureRange = {
  /** The middle of the temperatures. */
  temperature: number;
  /** The largest distance from the middle; a temperature is never below 0. */
  range: number;
  exponent: number;
};

/**
 * Dynamic temperature (kalomaze 2024): from temperature − range where the distribution has no entropy to temperature + range where it is uniform, by
 * (entropy / the largest entropy of as many tokens) ** exponent.
 */
export function dynamicTemperature(candidates: Candidates, { temperature, range, exponent }: TemperatureRange): number {
  const { ids, count, weights } = candidates;
  const lowest = Math.max(0, temperature - range);
  const highest = temperature + range;
  if (count === 1) return lowest;
  weigh(candidates);
  const total = totalWeight(candidates);
  let entropy = 0;
  for (let index = 0; index < count; index++) {
    const probability = weights[ids[index]!]! / total;
    if (probability > 0) entropy -= probability * Math.log(probability);
  }
  return lowest + (highest - lowest) * Math.min(1, Math.max(0, entropy / Math.log(count))) ** exponent;
}
