/** @file From logits to the probabilities of the next token, and one draw from them. */
import { UserError } from "../../common/errors.js";
import type { Random } from "../../common/random.js";
import { kebabCase } from "../../options/option.js";
import { drawAllowed, type TextConstraint } from "./constraint.js";
import { type Candidates, totalWeight, weigh } from "./candidates.js";
import { preselect, preselectionOf } from "./preselection.js";
import type { DrawContext } from "./sampler.js";
import { type ChosenSampler, chosenSamplers, type SamplerValues } from "./samplerChoice.js";

export type DistributionOptions = {
  /** From 0: 0 takes the most probable token, the lowest id among equals; 1 keeps the network's own probabilities; above 1 evens them out. */
  temperature: number;
  /** Ids that are never drawn. */
  banned?: readonly number[];
  /** What is added to the logits of ids before all samplers; −∞ bans an id. */
  bias?: ReadonlyMap<number, number>;
  /** Sequences of ids over which no repetition extends, for DRY. */
  breakers?: DrawContext["breakers"];
  /** Makes what limits the tokens of a text from its prompt. */
  constraint?: (prompt: readonly number[]) => TextConstraint;
  /** Whether a draw is exactly that of `draw`, and not within rounding: the engine's decoder sums weights in another order. */
  exact?: boolean;
} & SamplerValues;

/** A text of which a token is drawn: its tokens so far, what samplers keep from draw to draw, and what limits its tokens. */
export type TextState = Pick<DrawContext, "memory"> & { text: number[]; constraint?: TextConstraint };

export const textState = (prompt: Iterable<number> = []): TextState => ({ text: [...prompt], memory: new Map() });

/** Draws the next token's id from logits [vocabulary]. */
export type SamplerChain = (logits: Float32Array, random: Random) => number;

/**
 * The probabilities of the next token: banned tokens are removed, then come temperature, softmax and the samplers that have a value, in the
 * order of their table, or in the given one. The result sums to 1.
 * @param logits [vocabulary]
 * @param context what samplers read beside the logits, for those that depend on the text or on chance; by default an empty text
 * @returns [vocabulary]
 * @throws UserError for an option out of range, if every token is banned, and for logits that are not finite
 */
export const distribution = (
  logits: Float32Array,
  options: DistributionOptions,
  context: Partial<DrawContext> = {},
): Float64Array => createDistribution(options)(logits, context);

/**
 * `distribution` and `draw` for many draws of one text: options are checked once, buffers are reused, and drawn tokens are added to the text.
 * @param prompt the first ids of the text
 * @throws UserError as `distribution` does, for options at once
 */
export function createSamplerChain(options: DistributionOptions, prompt: readonly number[] = []): SamplerChain {
  const drawNext = createDraw(options);
  const state = textState(prompt);
  return (logits, random) => drawNext(logits, random(), state);
}

/**
 * `distribution` for many calls: options are checked once and buffers are reused, so that each call overwrites the array that the last one returned.
 * @throws UserError as `distribution` does, for options at once
 */
export function createDistribution(
  options: DistributionOptions,
): (logits: Float32Array, context?: Partial<DrawContext>) => Float64Array {
  const narrow = createNarrowing(options);
  let probabilities = new Float64Array();
  return (logits, context = {}) => {
    const candidates = narrow(logits, { text: [], chance: 0, memory: new Map(), breakers: [], ...context });
    if (probabilities.length !== logits.length) probabilities = new Float64Array(logits.length);
    return probabilitiesInto(probabilities, candidates);
  };
}

/** What a draw returns if the constraint of a text allows no token. */
export const noToken = -1;

/**
 * Draws the next token of any of several texts, and adds it to the text. The drawn function returns `noToken` if a constraint allows none.
 * @throws UserError as `distribution` does, for options at once
 */
export function createDraw(
  options: DistributionOptions,
): (logits: Float32Array, uniform: number, state: TextState, allowed?: Int32Array) => number {
  const narrow = createNarrowing(options);
  const { breakers = [] } = options;
  let probabilities = new Float64Array();
  let all = new Int32Array(); // the ids that are not banned
  return (logits, uniform, state, allowed) => {
    const { text, memory } = state;
    if (probabilities.length !== logits.length) {
      probabilities = new Float64Array(logits.length);
      all = allowedIds(logits.length, narrow.banned);
    }
    const context = { text, memory, breakers, chance: 0 };
    let candidates: Candidates | undefined;
    const drawAmong = (ids: Int32Array | undefined, number: number): number => {
      context.chance = chanceOf(number);
      candidates = narrow(logits, context, ids);
      return drawCandidate(candidates, number, probabilities);
    };
    state.constraint ??= options.constraint?.([...text]);
    const token = state.constraint
      ? drawAllowed(state.constraint, allowed ?? all, {
          draw: drawAmong,
          uniform,
          redraw: numbersAfter(uniform),
        })
      : drawAmong(allowed, uniform);
    if (token === noToken) return token;
    narrow.drawn(token, candidates!, context);
    text.push(token);
    return token;
  };
}

/** Applies the samplers to logits. */
type Narrowing = ((logits: Float32Array, context: DrawContext, allowed?: Int32Array) => Candidates) & {
  /** Ids that are never drawn. */
  banned: readonly number[];
  /** Lets samplers adapt to a drawn token. */
  drawn: (token: number, candidates: Candidates, context: DrawContext) => void;
};

/** @throws UserError for an option out of range */
function createNarrowing(options: DistributionOptions): Narrowing {
  const chain = chosenSamplers(options);
  const bias = [...(options.bias ?? [])].filter(([, value]) => value !== -Infinity);
  const banned = excludedIds(options);
  let all = new Int32Array();
  let candidates: Candidates = {
    ids: new Int32Array(),
    count: 0,
    weights: new Float64Array(),
    logits: new Float64Array(),
  };

  const preselection = bias.length > 0 ? null : preselectionOf(chain);
  const excluded = Int32Array.from(new Set(banned));
  const narrow = (logits: Float32Array, context: DrawContext, allowed?: Int32Array): Candidates => {
    const vocabulary = logits.length;
    if (vocabulary !== candidates.logits.length) {
      all = allowedIds(vocabulary, banned);
      const [weights, copy] = [new Float64Array(vocabulary), new Float64Array(vocabulary)];
      candidates = { ids: new Int32Array(vocabulary), count: 0, weights, logits: copy };
    }
    if (preselection && !allowed) {
      const strange = preselect(preselection, logits, candidates, { banned: excluded, context });
      if (strange !== -1) throw nonFiniteLogit(logits[strange]!, strange);
      applyAll(preselection.after, candidates, context);
      return candidates;
    }
    const ids = allowed ?? all;
    candidates.ids.set(ids);
    candidates.count = ids.length;
    copyLogits(logits, candidates.logits);
    for (const [id, value] of bias) candidates.logits[id]! += value;
    applyAll(chain, candidates, context);
    return candidates;
  };
  const adaptive = chain.filter(({ sampler }) => sampler.drawn);
  const drawn: Narrowing["drawn"] = (token, among, context) => {
    for (const { sampler, values } of adaptive)
      sampler.drawn!(among.weights[token]! / totalWeight(among), values, context);
  };
  return Object.assign(narrow, { drawn, banned });
}

/** Applies samplers one after another; of weights and logits, the ones that the next sampler reads are brought up to date. */
function applyAll(chain: readonly ChosenSampler[], candidates: Candidates, context: DrawContext): void {
  let stale: "weights" | "logits" | null = "weights";
  const refresh = (wanted: "weights" | "logits"): void => {
    if (stale !== wanted) return;
    if (wanted === "weights") weigh(candidates);
    else logWeights(candidates);
    stale = null;
  };
  for (const { name, sampler, values } of chain) {
    refresh(sampler.readsLogits ? "logits" : "weights");
    candidates.count = sampler.apply(candidates, values, context);
    if (sampler.isFirst && candidates.count === 0) throw deadEnd(name);
    if (!sampler.onlyRemoves) stale = sampler.readsLogits ? "weights" : "logits";
  }
  refresh("weights");
  const total = totalWeight(candidates);
  if (!(total > 0 && total < Infinity)) throw withoutCandidates(chain, total);
}

/** @throws UserError for a logit that is not finite */
function copyLogits(logits: Float32Array, copy: Float64Array): void {
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    if (logit - logit !== 0) throw nonFiniteLogit(logit, id);
    copy[id] = logit;
  }
}

function logWeights({ ids, count, logits, weights }: Candidates): void {
  for (let index = 0; index < count; index++) logits[ids[index]!] = Math.log(weights[ids[index]!]!);
}

/** @param probabilities [vocabulary], which is overwritten and returned */
function probabilitiesInto(probabilities: Float64Array, candidates: Candidates): Float64Array {
  const { ids, count, weights } = candidates;
  const total = totalWeight(candidates);
  probabilities.fill(0);
  for (let index = 0; index < count; index++) probabilities[ids[index]!] = weights[ids[index]!]! / total;
  return probabilities;
}

/** `draw` from the candidates; few of them are sorted by id, because the others have probability 0. */
function drawCandidate(candidates: Candidates, uniform: number, probabilities: Float64Array): number {
  const { ids, count, weights } = candidates;
  if (16 * count > probabilities.length) return draw(probabilitiesInto(probabilities, candidates), () => uniform);
  const total = totalWeight(candidates);
  const few = ids.subarray(0, count).sort(); // oxlint-disable-line unicorn/no-array-sort -- in place
  for (let index = 0; index < count; index++) probabilities[index] = weights[few[index]!]! / total;
  return few[draw(probabilities.subarray(0, count), () => uniform)]!;
}

/** A number in [0, 1) that looks independent of a uniform number: a hash of its 53 bits (the finalizer of MurmurHash3). */
function chanceOf(uniform: number): number {
  const high = Math.floor(uniform * 2 ** 32);
  const low = Math.floor((uniform * 2 ** 32 - high) * 2 ** 21);
  let bits = Math.imul(high ^ (low * 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 16), 0x27d4eb2f);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
}

const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** Numbers that look independent of a uniform number, of its `chanceOf` and of each other. */
function numbersAfter(uniform: number): Random {
  let last = uniform;
  return () => (last = chanceOf((last + goldenRatio) % 1));
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

const deadEnd = (name: string): UserError =>
  new UserError(`--${kebabCase(name)} excludes every token that could follow; give a larger number`);

const withoutCandidates = (chain: readonly { name: string }[], total: number): UserError =>
  new UserError(
    `the weights of the candidates sum to ${total} after ${chain.map(({ name }) => name).join(", ")}: a sampler must keep a token of positive weight`,
  );

/** The ids that are never drawn: the banned ones, and those with a bias of −∞. */
export const excludedIds = ({
  banned = [],
  bias = new Map(),
}: Pick<DistributionOptions, "banned" | "bias">): number[] => [
  ...banned,
  ...Array.from(bias).flatMap(([id, value]) => (value === -Infinity ? [id] : [])),
];

/** The ids of a vocabulary without the banned ones. @throws UserError if none is left */
export function allowedIds(vocabulary: number, banned: readonly number[]): Int32Array<ArrayBuffer> {
  const excluded = new Set(banned);
  const allowed = Int32Array.from({ length: vocabulary }, (_, id) => id).filter((id) => !excluded.has(id));
  if (allowed.length === 0) throw new UserError(`all ${vocabulary} tokens are banned; allow at least one`);
  return allowed;
}
