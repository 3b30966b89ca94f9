/** @file Samplers that remove tokens and leave the others' probabilities in proportion. Each returns the number of tokens that stay, at least 1. */
import { type Candidates, keepFirst, keepHighest, keepWhere, largestOf, totalWeight } from "./candidates.js";

/** Top-k sampling, Fan et al. 2018: keeps the k most probable tokens. */
export const topK = (candidates: Candidates, k: number): number => keepHighest(candidates, candidates.logits, k);

/** Nucleus sampling, Holtzman et al. 2020: keeps the fewest most probable tokens whose probabilities sum to p or more. */
export function topP(candidates: Candidates, p: number): number {
  if (p === 1) return candidates.count;
  const goal = p * totalWeight(candidates);
  return keepFirst(candidates, candidates.weights, (sum) => sum >= goal, candidates.weights);
}

/** Min-p sampling, Nguyen et al. 2024: keeps the tokens that are at least p times as probable as the most probable one. */
export function minP(candidates: Candidates, p: number): number {
  const { weights } = candidates;
  const smallest = p * largestOf(candidates, weights);
  return keepWhere(candidates, (id) => weights[id]! >= smallest);
}

/** Top-nσ, Tang et al. 2024: keeps the tokens whose logits are at most n standard deviations of all candidates' logits below the largest one. */
export function topNSigma(candidates: Candidates, n: number): number {
  const { ids, count, logits } = candidates;
  let sum = 0;
  for (let index = 0; index < count; index++) sum += logits[ids[index]!]!;
  const mean = sum / count;
  let squares = 0;
  for (let index = 0; index < count; index++) squares += (logits[ids[index]!]! - mean) ** 2;
  const smallest = largestOf(candidates, logits) - n * Math.sqrt(squares / count);
  return keepWhere(candidates, (id) => logits[id]! >= smallest);
}

let surprises = new Float64Array(); // memory that all calls share

/**
 * Locally typical sampling, Meister et al. 2023: keeps the fewest tokens whose probabilities sum to more than p, first those whose surprise
 * (−ln of the probability) is nearest to the distribution's entropy.
 */
export function typicalP(candidates: Candidates, p: number): number {
  if (p === 1) return candidates.count;
  const { ids, count, weights } = candidates;
  if (surprises.length < weights.length) surprises = new Float64Array(weights.length);
  const total = totalWeight(candidates);
  let entropy = 0;
  for (let index = 0; index < count; index++) {
    const id = ids[index]!;
    const probability = weights[id]! / total;
    const surprise = -Math.log(probability);
    surprises[id] = surprise;
    if (probability > 0) entropy += probability * surprise;
  }
  for (let index = 0; index < count; index++) {
    const id = ids[index]!;
    surprises[id] = -Math.abs(surprises[id]! - entropy); // the nearest one has the highest key
  }
  return keepFirst(candidates, surprises, (sum) => sum > p * total, weights);
}

/**
 * Exclude top choices (XTC): of the tokens whose probability is at least the threshold, only the least probable one stays.
 * @param applies whether it does anything in this draw
 */
export function xtc(candidates: Candidates, threshold: number, applies: boolean): number {
  if (!applies) return candidates.count;
  const { ids, count, weights } = candidates;
  const least = threshold * totalWeight(candidates);
  let kept = -1;
  for (let index = 0; index < count; index++) {
    const id = ids[index]!;
    if (weights[id]! < least) continue;
    if (kept === -1 || weights[id]! < weights[kept]! || (weights[id] === weights[kept] && id < kept)) kept = id;
  }
  return keepWhere(candidates, (id) => weights[id]! < least || id === kept);
}

/**
 * Mirostat 2, Basu et al. 2021: keeps the tokens whose surprise (−log2 of the probability) is at most μ, or the most probable one. After each draw
 * `adaptedSurprise` changes μ, so that the drawn tokens' surprise is τ on average.
 */
export function mirostat(candidates: Candidates, mu: number): number {
  const { weights } = candidates;
  const largest = largestOf(candidates, weights);
  const smallest = Math.min(2 ** -mu * totalWeight(candidates), largest);
  if (smallest < largest) return keepWhere(candidates, (id) => weights[id]! >= smallest);
  return keepHighest(candidates, weights, 1);
}

/**
 * Mirostat's μ after a draw.
 * @param probability of the drawn token, among those that stayed
 * @param tau the surprise to reach, in bits
 * @param eta the learning rate
 */
export const adaptedSurprise = (mu: number, probability: number, tau: number, eta: number): number =>
  mu - eta * (-Math.log2(probability) - tau);
