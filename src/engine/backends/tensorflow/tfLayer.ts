/** @file What a recurrent cell is on TensorFlow: one direction over a whole sequence whose rows have every step, forward and backward. */
import {
  add,
  concat,
  expandDims,
  gather,
  matMul,
  ones,
  type Rank,
  reshape,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  unsortedSegmentSum,
} from "../../tfjs.js";

/** What is read: a sequence [time, batch, inputs], or a table [vocabulary, inputs] and the tokens [time, batch] that say which of its rows. */
export type Source = { values: Tensor; tokens: Tensor2D | null };

export type LayerWeights = { kernel: Tensor2D; recurrent: Tensor2D; bias: Tensor };

/** A direction's tensors, in the order in which it reads. */
export type Reading = { source: Source; time: number; batch: number; initial: Tensor2D[]; weights: LayerWeights };

/** Of all that a direction was given. */
export type ReadingGradients = { source: Tensor; weights: LayerWeights; initial: Tensor2D[] };

/** Of a state: what comes to it after each step, and what comes to it after all of them; at least one of both. */
export type StateGradient = { steps: Tensor3D | null; last: Tensor2D | null };

export type Layer = {
  /** states: after each step, the output first, each [time, batch, units]; kept: what else the way back needs. */
  forward: (reading: Reading) => { states: Tensor3D[]; kept: Tensor[] };
  /**
   * @param outputs the first of the states, zero past each row's end
   * @param gradients of the states, zero past each row's end
   */
  backward: (reading: Reading, outputs: Tensor3D, kept: Tensor[], gradients: StateGradient[]) => ReadingGradients;
};

/** The sequence itself, [time, batch, inputs]. */
export function sequenceOf({ source: { values, tokens } }: Reading): Tensor3D {
  return (tokens ? gather(values, tokens) : values) as Tensor3D;
}

/** The gradient of what was read from that of its sequence. */
export function sourceGradient({ source: { values, tokens } }: Reading, gradient: Tensor3D): Tensor {
  return tokens ? byToken(gradient, tokens, values.shape[0]) : gradient;
}

/** [vocabulary, width]: the sum of [time, batch, width] over each token's places. */
const byToken = (gradient: Tensor, tokens: Tensor2D, vocabulary: number): Tensor2D =>
  unsortedSegmentSum(
    reshape(gradient, [tokens.size, -1]),
    reshape<Rank.R1>(tokens, [tokens.size]),
    vocabulary,
  ) as Tensor2D;

/** The input's product and bias for all steps at once, or for each token once: [time · batch, gates · units]. */
export function inputProducts({ source: { values, tokens }, weights }: Reading, bias: Tensor): Tensor2D {
  const products = add<Tensor2D>(matMul(reshape<Rank.R2>(values, [-1, weights.kernel.shape[0]]), weights.kernel), bias);
  return tokens ? gather(products, reshape<Rank.R1>(tokens, [tokens.size])) : products;
}

/** What the products' gradients [time · batch, gates · units] make of the source and the kernel. */
export function inputGradients(
  { values, tokens }: Source,
  kernel: Tensor2D,
  gradient: Tensor2D,
): { source: Tensor; kernel: Tensor2D } {
  const products = tokens ? byToken(gradient, tokens, values.shape[0]) : gradient;
  return {
    source: reshape(matMul(products, kernel, false, true), values.shape),
    kernel: matMul(reshape<Rank.R2>(values, [-1, kernel.shape[0]]), products, true, false),
  };
}

/** What each step found: the states [time, batch, units] one step later, as rows [time · batch, units]. */
export function before(states: Tensor3D, initial: Tensor2D): Tensor2D {
  const [time, batch, units] = states.shape;
  const earlier = slice(states, [0, 0, 0], [time - 1, batch, units]);
  return reshape<Rank.R2>(concat([expandDims<Tensor3D>(initial, 0), earlier], 0), [time * batch, units]);
}

/** The sum over rows as a product, which TensorFlow makes ten times as fast as its sums. */
export const biasGradient = (gradient: Tensor2D): Tensor1D =>
  reshape(matMul(ones<Rank.R2>([1, gradient.shape[0]]), gradient), [gradient.shape[1]]);
