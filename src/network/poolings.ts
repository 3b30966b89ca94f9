/** @file The poolings: each reduces a sequence to one vector; some have weights. */
import { concat, type Tensor1D, type Tensor2D, type Tensor3D } from "../engine/tfjs.js";
import { attend } from "../engine/ops/attention.js";
import { flatten } from "../engine/ops/flatten.js";
import { lastSteps, pool } from "../engine/ops/pooling.js";
import type { PoolingName } from "../common/names.js";
import { Registry } from "../common/registry.js";
import { type Initialization, zeros } from "./initializers.js";
import type { Weights, WeightSpec } from "./layers/layer.js";
import type { LayerSpec } from "./spec.js";

type PoolingSpec = Extract<LayerSpec, { type: "pooling" }>;

/** The input of a pooling. */
export type PoolingInput = {
  /** [time, batch, width] */
  sequence: Tensor3D;
  /** Steps of each row, int32 [batch]; null if every row has all steps. Steps past a row's length may hold any value, NaN too. */
  lengths: Tensor1D | null;
  /** The last output of each direction, concatenated: [batch, width]; null without a recurrent layer before, and after blocks. */
  ends: Tensor2D | null;
};

export type Pooling = {
  /** The width of the result, from the width of the sequence and, for `flatten`, the number of steps. */
  width: (inputs: number, steps: number) => number;
  weights: (inputs: number, initialization: Initialization) => Record<string, WeightSpec>;
  /** @returns [batch, width] @param weights by the names that `weights` gives them */
  forward: (input: PoolingInput, weights: Weights, steps: number) => Tensor2D;
};

const same = (inputs: number): number => inputs;
const none = () => ({});

const poolings: { [K in PoolingName]: Pooling } = {
  /** The last output of each direction; after blocks, the last step. */
  last: { width: same, weights: none, forward: ({ ends, sequence, lengths }) => ends ?? lastSteps(sequence, lengths) },
  mean: { width: same, weights: none, forward: ({ sequence, lengths }) => pool(["mean"], sequence, lengths) },
  max: { width: same, weights: none, forward: ({ sequence, lengths }) => pool(["max"], sequence, lengths) },

  /** A mean whose weights are learned (Yang et al. 2016). */
  attention: {
    width: same,
    weights: (inputs, { kernel }) => ({
      kernel: { shape: [inputs, inputs], initialize: kernel },
      bias: { shape: [inputs], initialize: zeros },
      query: { shape: [inputs], initialize: kernel },
    }),
    forward: ({ sequence, lengths }, weights) =>
      attend(sequence, lengths, {
        kernel: weights["kernel"] as Tensor2D,
        bias: weights["bias"] as Tensor1D,
        query: weights["query"] as Tensor1D,
      }),
  },

  /** All steps side by side. */
  flatten: {
    width: (inputs, steps) => inputs * steps,
    weights: none,
    forward: ({ sequence, lengths }, _, steps) => flatten(sequence, lengths, steps),
  },
};

const registry = new Registry<Pooling>("pooling", poolings);

/**
 * Adds a pooling, which then trains, is saved in checkpoints and is loaded from them, on every backend.
 * Define it before a checkpoint that uses it is loaded.
 * @param name a new one, as in `--pooling name` and in a network's spec
 * @param definition by default, the result has the width of the sequence and the pooling has no weights
 * @throws UserError if the name is taken
 */
export const definePooling = (
  name: string,
  definition: Pick<Pooling, "forward"> & Partial<Omit<Pooling, "forward">>,
): void => registry.define(name, { width: same, weights: none, ...definition });

/** Removes a pooling that `definePooling` added. */
export const removePooling = (name: string): void => registry.remove(name);

export const poolingWidth = ({ over, steps = 0 }: PoolingSpec, inputs: number): number =>
  over.reduce((sum, name) => sum + registry.get(name).width(inputs, steps), 0);

/** Each pooling's weights, by names that begin with its own: `attention/kernel`. */
export const poolingWeights = (
  { over }: PoolingSpec,
  inputs: number,
  initialization: Initialization,
): Record<string, WeightSpec> =>
  Object.fromEntries(
    over.flatMap((name) =>
      Object.entries(registry.get(name).weights(inputs, initialization)).map(([weight, spec]) => [
        `${name}/${weight}`,
        spec,
      ]),
    ),
  );

const weightsOf = (name: string, weights: Weights): Weights =>
  Object.fromEntries(
    Object.entries(weights)
      .filter(([weight]) => weight.startsWith(`${name}/`))
      .map(([weight, value]) => [weight.slice(name.length + 1), value]),
  );

/** [batch, width]. Mean and maximum side by side are one operation with one gradient. */
export function pooled({ over, steps = 0 }: PoolingSpec, input: PoolingInput, weights: Weights): Tensor2D {
  const parts: Tensor2D[] = [];
  for (let index = 0; index < over.length; index++) {
    const name = over[index]!;
    const next = over[index + 1];
    if ((name === "mean" || name === "max") && (next === "mean" || next === "max")) {
      parts.push(pool([name, next], input.sequence, input.lengths));
      index++;
    } else parts.push(registry.get(name).forward(input, weightsOf(name, weights), steps));
  }
  return parts.length === 1 ? parts[0]! : concat(parts, 1);
}
