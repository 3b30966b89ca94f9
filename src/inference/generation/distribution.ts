/** @file From logits to the probabilities that a token is drawn with. */
import { UserError } from "../../common/errors.js";
import type { Random } from "../../common/random.js";
import { draw } from "./draw.js";
import { type Candidates, type Filter, type FilterName, filterNames, filters } from "./filters.js";

export type DistributionOptions = {
  /** From 0: 0 is the likeliest token, the lowest id among equals; 1 the network's own probabilities; above 1 more even. */
  temperature: number;
  /** Ids that are never drawn. */
  banned?: readonly number[];
} & { [Name in FilterName]?: number };

/** Draws the next token's id from logits [vocabulary]. */
export type Sampler = (logits: Float32Array, random: Random) => number;

/**
 * The probabilities of one draw: banned tokens go, then temperature and softmax, then the filters in the order of `filterNames`:
 * top-k, top-p of what that left, min-p. What remains is scaled to sum to 1.
 * @param logits [vocabulary]
 * @returns [vocabulary]
 * @throws UserError for an option out of its range, when every token is banned, and for logits that are not finite
 */
export const distribution = (logits: Float32Array, options: DistributionOptions): Float64Array =>
  createDistribution(options)(logits);

/**
 * `distribution` and `draw` for draw after draw, in buffers that are made once.
 * @throws UserError as `distribution` does; for options at once
 */
export function createSampler(options: DistributionOptions): Sampler {
  const probabilitiesOf = createDistribution(options);
  return (logits, random) => draw(probabilitiesOf(logits), random);
}

/**
 * `distribution` with its options checked once and its buffers reused: each call overwrites the array that the last one returned.
 * @throws UserError as `distribution` does; for options at once
 */
export function createDistribution(options: DistributionOptions): (logits: Float32Array) => Float64Array {
  const { temperature, banned = [] } = options;
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw new UserError(`temperature is ${temperature}: give a number from 0, as 0.8`);
  }
  const chosen = chosenFilters(options);
  let allowed = new Int32Array();
  let candidates: Candidates = { ids: new Int32Array(), count: 0, weights: new Float64Array() };

  return (logits) => {
    if (logits.length !== candidates.weights.length) {
      allowed = allowedIds(logits.length, banned);
      candidates = { ids: new Int32Array(allowed.length), count: 0, weights: new Float64Array(logits.length) };
    }
    const { ids, weights } = candidates;
    ids.set(allowed);
    candidates.count = ids.length;
    soften(logits, temperature, candidates);
    for (const [filter, value] of chosen) candidates.count = filter.keep(candidates, value);

    let total = 0;
    for (let place = 0; place < candidates.count; place++) total += weights[ids[place]!]!;
    for (let place = 0; place < candidates.count; place++) weights[ids[place]!]! /= total;
    for (let place = candidates.count; place < ids.length; place++) weights[ids[place]!] = 0;
    return weights;
  };
}

/** Sets the candidates' weights to the softmax of logits / temperature, up to a factor; 1 for the likeliest. */
function soften(logits: Float32Array, temperature: number, { ids, weights }: Candidates): void {
  let likeliest = ids[0]!;
  for (let id = 0; id < logits.length; id++) if (!Number.isFinite(logits[id])) throw strayed(logits[id]!, id);
  for (let place = 1; place < ids.length; place++)
    if (logits[ids[place]!]! > logits[likeliest]!) likeliest = ids[place]!;
  if (temperature === 0) {
    weights.fill(0);
    weights[likeliest] = 1;
    return;
  }
  const largest = logits[likeliest]!;
  for (let place = 0; place < ids.length; place++) {
    const id = ids[place]!;
    weights[id] = Math.exp((logits[id]! - largest) / temperature);
  }
}

const strayed = (logit: number, id: number): UserError =>
  new UserError(
    `the network's output is not a number (${logit} for token ${id}): ` +
      "its training went astray; train again with a lower learning rate",
  );

/** The error for logits [rows · vocabulary] of which one is not finite. */
export function strayedLogits(logits: Float32Array, vocabulary: number): UserError {
  const place = logits.findIndex((logit) => !Number.isFinite(logit));
  return strayed(logits[place]!, place % vocabulary);
}

function chosenFilters(options: DistributionOptions): [Filter, number][] {
  const chosen: [Filter, number][] = [];
  for (const name of filterNames) {
    const value = options[name];
    if (value === undefined) continue;
    const filter = filters[name];
    if (!filter.accepts(value)) throw new UserError(`${name} is ${value}: give ${filter.range}`);
    chosen.push([filter, value]);
  }
  return chosen;
}

function allowedIds(vocabulary: number, banned: readonly number[]): Int32Array<ArrayBuffer> {
  const never = new Set(banned);
  const allowed = Int32Array.from({ length: vocabulary }, (_, id) => id).filter((id) => !never.has(id));
  if (allowed.length === 0) throw new UserError(`all ${vocabulary} tokens are banned: allow at least one`);
  return allowed;
}
