/**
 * @file The samplers: each narrows the candidates of one draw. An entry of `samplers` defines a sampler completely: its command-line option, its
 * field in `GenerationOptions` and the check of its value derive from it.
 */
import { UserError } from "../../common/errors.js";
import { Registry } from "../../common/registry.js";
import { kebabCase, type Option } from "../../options/option.js";
import { number, whole } from "../../options/optionKinds.js";

/** The tokens that can still be drawn: the first `count` of `ids`, in no order. */
export type Candidates = {
  /** Token ids. */
  ids: Int32Array;
  count: number;
  /** [vocabulary], indexed by token id, proportional to the probabilities: 1 for the most probable token after the softmax. */
  weights: Float64Array;
};

export type Sampler = {
  /** One line for `rnn generate --help`. */
  describe: string;
  /** The valid values: `from` and `to` are included, `above` is not. */
  range: { from?: number; above?: number; to?: number };
  /** Whether its value is a whole number. */
  integer?: boolean;
  /**
   * Moves the ids to keep to the start of `ids` and returns their number, at least 1. It may also change their weights.
   * @param value the option's value, inside the range
   */
  apply: (candidates: Candidates, value: number) => number;
};

/** The samplers that come with rnn, in the order in which they are applied. Of equally probable tokens, those with lower ids stay. */
export const samplers = {
  /** Top-k sampling, Fan et al. 2018: keeps the k most probable tokens. */
  topK: {
    describe: "sample from the N most probable tokens only",
    range: { from: 1 },
    integer: true,
    apply: (candidates, k) => keepMostProbable(candidates, k, () => 1),
  },

  /** Nucleus sampling, Holtzman et al. 2020: keeps the fewest most probable tokens whose probabilities sum to p or more. */
  topP: {
    describe: "sample from the fewest most probable tokens whose probabilities sum to X",
    range: { above: 0, to: 1 },
    apply: (candidates, p) => {
      const { ids, count, weights } = candidates;
      if (p === 1) return count;
      let total = 0;
      for (let index = 0; index < count; index++) total += weights[ids[index]!]!;
      return keepMostProbable(candidates, p * total, (id) => weights[id]!);
    },
  },

  /** Min-p sampling, Nguyen et al. 2024: keeps the tokens that are at least p times as probable as the most probable one. */
  minP: {
    describe: "sample from the tokens that are at least X times as probable as the most probable one",
    range: { from: 0, to: 1 },
    apply: ({ ids, count, weights }, p) => {
      let largest = 0;
      for (let index = 0; index < count; index++) largest = Math.max(largest, weights[ids[index]!]!);
      let kept = 0;
      for (let index = 0; index < count; index++) if (weights[ids[index]!]! >= p * largest) swap(ids, index, kept++);
      return kept;
    },
  },
} as const satisfies Record<string, Sampler>;

export type SamplerName = keyof typeof samplers;

/** Values of samplers by name; `samplers` has the values of samplers that `defineSampler` added. */
export type SamplerValues = { [Name in SamplerName]?: number | undefined } & {
  samplers?: Readonly<Record<string, number>> | undefined;
};

const registry = new Registry<Sampler>("sampler", samplers);

/**
 * Adds a sampler for `generate(model, { samplers: { [name]: value } })`. Samplers are applied in the order of their definition.
 * @param name as an identifier, such as "typicalP"
 * @throws UserError if the name is taken
 */
export const defineSampler = (name: string, sampler: Sampler): void => registry.define(name, sampler);

/** Removes a sampler that `defineSampler` added. */
export const removeSampler = (name: string): void => registry.remove(name);

/** A sampler with the value that it was given. */
export type ChosenSampler = { name: string; value: number; apply: Sampler["apply"] };

/**
 * The samplers that have a value, in the order in which they are applied.
 * @throws UserError for an unknown name and for a value out of range
 */
export function chosenSamplers({ samplers: added = {}, ...fields }: SamplerValues): ChosenSampler[] {
  for (const name of Object.keys(added)) registry.get(name); // throws for an unknown name
  return registry.names().flatMap((name) => {
    const value = added[name] ?? (Object.hasOwn(samplers, name) ? fields[name as SamplerName] : undefined);
    if (value === undefined) return [];
    const sampler = registry.get(name);
    return [{ name, value: checked(name, optionOf(sampler), value), apply: sampler.apply }];
  });
}

/** @throws UserError for a value that the option does not take */
export function checked<Value>(name: string, { parse }: Pick<Option<Value>, "parse">, value: unknown): Value {
  try {
    return parse(String(value));
  } catch (error) {
    throw new UserError(`${name}: ${(error as Error).message}`);
  }
}

const optionOf = ({ describe, range, integer = false }: Sampler): Option<number> => ({
  ...(integer ? whole(range) : number(range)),
  describe,
});

type KebabCase<Name extends string> = Name extends `${infer Head}${infer Rest}`
  ? `${Head extends Lowercase<Head> ? Head : `-${Lowercase<Head>}`}${KebabCase<Rest>}`
  : Name;

/** The command line's options for the samplers: `--top-k` for `topK`. */
export const samplerOptions = Object.fromEntries(
  Object.entries(samplers).map(([name, sampler]) => [kebabCase(name), optionOf(sampler)]),
) as { [Name in SamplerName as KebabCase<Name>]: Option<number> };

/**
 * Keeps the fewest most probable tokens whose measures sum to the goal, or all if they do not reach it: quickselect (Hoare 1961) by sum
 * instead of by index, so that no sampler sorts a vocabulary.
 * @param goal above 0
 */
function keepMostProbable({ ids, count, weights }: Candidates, goal: number, measure: (id: number) => number): number {
  let low = 0;
  let high = count - 1;
  let reached = 0;
  while (low <= high) {
    swap(ids, (low + high) >> 1, high);
    const pivot = ids[high]!;
    const pivotWeight = weights[pivot]!;
    let middle = low;
    let before = 0;
    for (let index = low; index < high; index++) {
      const id = ids[index]!;
      const weight = weights[id]!;
      if (weight > pivotWeight || (weight === pivotWeight && id < pivot)) {
        before += measure(id);
        swap(ids, index, middle++);
      }
    }
    swap(ids, middle, high);
    if (reached + before >= goal) {
      high = middle - 1;
    } else {
      reached += before + measure(pivot);
      low = middle + 1;
      if (reached >= goal) break;
    }
  }
  return low;
}

function swap(ids: Int32Array, left: number, right: number): void {
  const id = ids[left]!;
  ids[left] = ids[right]!;
  ids[right] = id;
}
