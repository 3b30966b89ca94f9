/** @file The poolings: what each makes of a sequence, and the weights it needs. */
import { concat, type Tensor1D, type Tensor2D, type Tensor3D } from "../engine/tfjs.js";
import { attend } from "../engine/ops/attention.js";
import { flatten } from "../engine/ops/flatten.js";
import { pool } from "../engine/ops/pooling.js";
import type { PoolingName } from "../common/names.js";
import { type Initialisation, zeros } from "./initializers.js";
import type { Weights, WeightSpec } from "./layers/layer.js";
import type { LayerSpec } from "./spec.js";

type PoolingSpec = Extract<LayerSpec, { type: "pooling" }>;

/** A sequence [time, batch, width], the steps of each row, and the last output of each direction, joined. */
type Steps = { sequence: Tensor3D; lengths: Tensor1D | null; ends: Tensor2D | null };

type Pooling = {
  /** From the width of the sequence, and the steps that are read at most. */
  width: (inputs: number, steps: number) => number;
  weights: (inputs: number, initialisation: Initialisation) => Record<string, WeightSpec>;
  forward: (given: Steps, weights: Weights, steps: number) => Tensor2D;
};

const same = (inputs: number): number => inputs;
const none = () => ({});

const poolings: { [K in PoolingName]: Pooling } = {
  /** The last output of each direction. */
  last: { width: same, weights: none, forward: ({ ends }) => ends! },
  mean: { width: same, weights: none, forward: ({ sequence, lengths }) => pool(["mean"], sequence, lengths) },
  max: { width: same, weights: none, forward: ({ sequence, lengths }) => pool(["max"], sequence, lengths) },

  /** A mean whose weights are learned (Yang et al. 2016). */
  attention: {
    width: same,
    weights: (inputs, { kernel }) => ({
      "attention/kernel": { shape: [inputs, inputs], initialise: kernel },
      "attention/bias": { shape: [inputs], initialise: zeros },
      "attention/query": { shape: [inputs], initialise: kernel },
    }),
    forward: ({ sequence, lengths }, weights) =>
      attend(sequence, lengths, {
        kernel: weights["attention/kernel"] as Tensor2D,
        bias: weights["attention/bias"] as Tensor1D,
        query: weights["attention/query"] as Tensor1D,
      }),
  },

  /** All steps side by side. */
  flatten: {
    width: (inputs, steps) => inputs * steps,
    weights: none,
    forward: ({ sequence, lengths }, _, steps) => flatten(sequence, lengths, steps),
  },
};

export const poolingWidth = ({ over, steps = 0 }: PoolingSpec, inputs: number): number =>
  over.reduce((sum, name) => sum + poolings[name].width(inputs, steps), 0);

export const poolingWeights = ({ over }: PoolingSpec, inputs: number, initialisation: Initialisation) =>
  Object.assign({}, ...over.map((name) => poolings[name].weights(inputs, initialisation))) as Record<
    string,
    WeightSpec
  >;

/** [batch, width]; mean and maximum side by side read the sequence in one operation, which has one gradient. */
export function pooled({ over, steps = 0 }: PoolingSpec, given: Steps, weights: Weights): Tensor2D {
  const parts: Tensor2D[] = [];
  for (let index = 0; index < over.length; index++) {
    const name = over[index]!;
    const next = over[index + 1];
    if ((name === "mean" || name === "max") && (next === "mean" || next === "max")) {
      parts.push(pool([name, next], given.sequence, given.lengths));
      index++;
    } else parts.push(poolings[name].forward(given, weights, steps));
  }
  return parts.length === 1 ? parts[0]! : concat(parts, 1);
}
