/** @file From logits to the probabilities of the next token, and one draw from them. */
import { UserError } from "../../common/errors.js";
import type { Random } from "../../common/random.js";
import { number } from "../../options/optionKinds.js";
import { type Candidates, checked, chosenSamplers, type SamplerValues } from "./samplers.js";

export type DistributionOptions = {
  /** From 0: 0 takes the most probable token, the lowest id among equals; 1 keeps the network's own probabilities; above 1 evens them out. */
  temperature: number;
  /** Ids that are never drawn. */
  banned?: readonly number[];
  /** Whether a draw is exactly that of `draw`, and not within rounding: the engine's decoder sums weights in another order. */
  exact?: boolean;
} & SamplerValues;

/** Draws the next token's id from logits [vocabulary]. */
export type SamplerChain = (logits: Float32Array, random: Random) => number;

/**
 * The probabilities of the next token: banned tokens are removed, then come temperature, softmax and the samplers that have a value, in the
 * order of their table (top-k, top-p, min-p, then those that `defineSampler` added). The result sums to 1.
 * @param logits [vocabulary]
 * @returns [vocabulary]
 * @throws UserError for an option out of range, if every token is banned, and for logits that are not finite
 */
export const distribution = (logits: Float32Array, options: DistributionOptions): Float64Array =>
  createDistribution(options)(logits);

/**
 * `distribution` and `draw` for many draws: options are checked once and buffers are reused.
 * @throws UserError as `distribution` does, for options at once
 */
export function createSamplerChain(options: DistributionOptions): SamplerChain {
  const probabilitiesOf = createDistribution(options);
  return (logits, random) => draw(probabilitiesOf(logits), random);
}

/**
 * `distribution` for many calls: options are checked once and buffers are reused, so that each call overwrites the array that the last one returned.
 * @throws UserError as `distribution` does, for options at once
 */
export function createDistribution(options: DistributionOptions): (logits: Float32Array) => Float64Array {
  const temperature = checked("temperature", number({ from: 0 }), options.temperature);
  const chain = chosenSamplers(options);
  let allowed = new Int32Array();
  let probabilities = new Float64Array();
  let candidates: Candidates = { ids: new Int32Array(), count: 0, weights: new Float64Array() };

  return (logits) => {
    if (logits.length !== probabilities.length) {
      probabilities = new Float64Array(logits.length);
      allowed = allowedIds(logits.length, options.banned ?? []);
      candidates = { ids: new Int32Array(allowed.length), count: 0, weights: new Float64Array(logits.length) };
    }
    const { ids, weights } = candidates;
    ids.set(allowed);
    candidates.count = ids.length;
    softmaxInto(candidates, logits, temperature);
    for (const { apply, value } of chain) candidates.count = apply(candidates, value);

    let total = 0;
    for (let index = 0; index < candidates.count; index++) total += weights[ids[index]!]!;
    if (!(total > 0 && total < Infinity)) throw withoutCandidates(chain, total);
    probabilities.fill(0);
    for (let index = 0; index < candidates.count; index++) probabilities[ids[index]!] = weights[ids[index]!]! / total;
    return probabilities;
  };
}

/** Sets the candidates' weights to softmax(logits / temperature), up to a factor: the most probable token has weight 1. */
function softmaxInto({ ids, weights }: Candidates, logits: Float32Array, temperature: number): void {
  let argmax = ids[0]!;
  for (let id = 0; id < logits.length; id++) if (!Number.isFinite(logits[id])) throw nonFiniteLogit(logits[id]!, id);
  for (let index = 1; index < ids.length; index++) if (logits[ids[index]!]! > logits[argmax]!) argmax = ids[index]!;
  if (temperature === 0) {
    weights.fill(0);
    weights[argmax] = 1;
    return;
  }
  const largest = logits[argmax]!;
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index]!;
    weights[id] = Math.exp((logits[id]! - largest) / temperature);
  }
}

/**
 * Draws an index with the given probabilities as `np.random.choice(n, p=probabilities)` does: cumulative sums in double precision, divided by
 * the last of them, and the first one that exceeds a uniform number. An index of probability 0 is never drawn.
 * @param probabilities [vocabulary], each ≥ 0; they need not sum to 1
 * @param random uniform in [0, 1)
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

const nonFiniteLogit = (logit: number, token: number): UserError =>
  new UserError(
    `the network's logits are not finite (${logit} for token ${token}): training diverged; train again with a lower learning rate`,
  );

/** The error for logits [rows · vocabulary] of which at least one is not finite. */
export function nonFiniteLogits(logits: Float32Array, vocabulary: number): UserError {
  const index = logits.findIndex((logit) => !Number.isFinite(logit));
  return nonFiniteLogit(logits[index]!, index % vocabulary);
}

const withoutCandidates = (chain: readonly { name: string }[], total: number): UserError =>
  new UserError(
    `the weights of the candidates sum to ${total} after ${chain.map(({ name }) => name).join(", ")}: a sampler must keep a token of positive weight`,
  );

function allowedIds(vocabulary: number, banned: readonly number[]): Int32Array<ArrayBuffer> {
  const excluded = new Set(banned);
  const allowed = Int32Array.from({ length: vocabulary }, (_, id) => id).filter((id) => !excluded.has(id));
  if (allowed.length === 0) throw new UserError(`all ${vocabulary} tokens are banned; allow at least one`);
  return allowed;
}
