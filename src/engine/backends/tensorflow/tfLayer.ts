/** @file The type of a recurrent cell on TensorFlow: the forward and backward pass of one direction over a whole sequence of full rows. */
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

/** The input: a sequence [time, batch, inputs], or an embedding table [vocabulary, inputs] and tokens [time, batch]. */
export type Source = { values: Tensor; tokens: Tensor2D | null };

export type LayerWeights = { kernel: Tensor2D; recurrent: Tensor2D; bias: Tensor };

/** The arguments of one direction; its sequence is in the order in which it reads. */
export type DirectionPass = { source: Source; time: number; batch: number; initial: Tensor2D[]; weights: LayerWeights };

/** The gradients of a direction's arguments. */
export type DirectionGradients = { source: Tensor; weights: LayerWeights; initial: Tensor2D[] };

/** The gradients of a state: of its value after each step, [time, batch, units], and of its last value; at least one of them. */
export type StateGradient = { steps: Tensor3D | null; last: Tensor2D | null };

export type Layer = {
  /** states: after each step, the output first, each [time, batch, units]; saved: other tensors that the backward pass needs. */
  forward: (pass: DirectionPass) => { states: Tensor3D[]; saved: Tensor[] };
  /**
   * @param outputs the first of the states, zero past each row's end
   * @param gradients of the states, zero past each row's end
   */
  backward: (pass: DirectionPass, outputs: Tensor3D, saved: Tensor[], gradients: StateGradient[]) => DirectionGradients;
};

/** The sequence [time, batch, inputs], looked up if the source is a table. */
export function sourceSequence({ source: { values, tokens } }: DirectionPass): Tensor3D {
  return (tokens ? gather(values, tokens) : values) as Tensor3D;
}

/** The gradient of the source from the gradient of its sequence. */
export function sourceGradient({ source: { values, tokens } }: DirectionPass, gradient: Tensor3D): Tensor {
  return tokens ? sumByToken(gradient, tokens, values.shape[0]) : gradient;
}

/** [vocabulary, width]: the sum of [time, batch, width] over each token's positions. */
const sumByToken = (gradient: Tensor, tokens: Tensor2D, vocabulary: number): Tensor2D =>
  unsortedSegmentSum(
    reshape(gradient, [tokens.size, -1]),
    reshape<Rank.R1>(tokens, [tokens.size]),
    vocabulary,
  ) as Tensor2D;

/** x W + b for all steps in one matmul, or for each token of the table once: [time · batch, gates · units]. */
export function inputProjections({ source: { values, tokens }, weights }: DirectionPass, bias: Tensor): Tensor2D {
  const products = add<Tensor2D>(matMul(reshape<Rank.R2>(values, [-1, weights.kernel.shape[0]]), weights.kernel), bias);
  return tokens ? gather(products, reshape<Rank.R1>(tokens, [tokens.size])) : products;
}

/** The gradients of the source and the kernel from the gradient of the projections [time · batch, gates · units]. */
export function inputGradients(
  { values, tokens }: Source,
  kernel: Tensor2D,
  gradient: Tensor2D,
): { source: Tensor; kernel: Tensor2D } {
  const projectionGradient = tokens ? sumByToken(gradient, tokens, values.shape[0]) : gradient;
  return {
    source: reshape(matMul(projectionGradient, kernel, false, true), values.shape),
    kernel: matMul(reshape<Rank.R2>(values, [-1, kernel.shape[0]]), projectionGradient, true, false),
  };
}

/** The state before each step, as rows [time · batch, units], from the states after each step [time, batch, units]. */
export function previousStates(states: Tensor3D, initial: Tensor2D): Tensor2D {
  const [time, batch, units] = states.shape;
  const earlier = slice(states, [0, 0, 0], [time - 1, batch, units]);
  return reshape<Rank.R2>(concat([expandDims<Tensor3D>(initial, 0), earlier], 0), [time * batch, units]);
}

/** The sum over rows as a matmul, which is ten times as fast as a sum in TensorFlow. */
export const biasGradient = (gradient: Tensor2D): Tensor1D =>
  reshape(matMul(ones<Rank.R2>([1, gradient.shape[0]]), gradient), [gradient.shape[1]]);
