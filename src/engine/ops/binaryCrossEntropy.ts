/** @file The cross-entropy of labels that do not exclude each other, as PyTorch's BCEWithLogitsLoss. No kernel has it: few classes have small logits. */
import {
  add,
  div,
  logSoftmax,
  mul,
  neg,
  type Rank,
  reshape,
  type Scalar,
  slice,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  zerosLike,
} from "../tfjs.js";

/**
 * The mean of -t · log σ(x) - (1 - t) · log(1 - σ(x)) over all logits x and their targets t.
 * @param logits [rows, classes]
 * @param targets [rows · classes], float32, 0 or 1
 */
export function binaryCrossEntropy(logits: Tensor2D, targets: Tensor1D): Scalar {
  const flat = reshape<Rank.R1>(logits, [-1]);
  // σ(x) is the softmax of x beside 0, whose logarithm is exact for large x too.
  const logarithms: Tensor = logSoftmax(stack([flat, zerosLike(flat)], 1));
  const column = (index: number): Tensor => reshape(slice(logarithms, [0, index], [-1, 1]), [-1]);
  const logLikelihood = add(mul(targets, column(0)), mul(sub(1, targets), column(1)));
  return div(neg(sum<Scalar>(logLikelihood)), flat.size);
}
