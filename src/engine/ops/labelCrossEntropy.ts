/** @file The cross-entropy of labels with class weights and label smoothing, as PyTorch's CrossEntropyLoss. No kernel has it: few classes have small logits. */
import {
  add,
  cast,
  div,
  equal,
  expandDims,
  logSoftmax,
  mul,
  neg,
  notEqual,
  range,
  type Scalar,
  sum,
  type Tensor1D,
  type Tensor2D,
  where,
} from "../tfjs.js";

/**
 * Σ q · -log softmax(logits) / Σ weights[target], summed over the rows whose target is not -1; 0 without such rows. The distribution q of a row is
 * (1 - smoothing) · weights[target] at its target, and smoothing · weights / classes over all classes.
 * @param logits [rows, classes]
 * @param targets [rows], int32, each -1…classes - 1
 * @param options.weights of the classes, [classes], each above 0
 * @param options.smoothing 0 … 1
 */
export function labelCrossEntropy(
  logits: Tensor2D,
  targets: Tensor1D,
  { weights, smoothing }: { weights: Tensor1D; smoothing: number },
): Scalar {
  const [, classes] = logits.shape;
  const negativeLogLikelihood = neg(logSoftmax<Tensor2D>(logits)); // [rows, classes]
  const isTarget = equal(expandDims(targets, 1), expandDims(range(0, classes, 1, "int32"), 0));
  const oneHot = cast<Tensor2D>(isTarget as Tensor2D, "float32"); // [rows, classes], zeros in a row without a target
  const targetWeights = mul<Tensor2D>(oneHot, expandDims(weights, 0));
  const allWeights = mul<Tensor2D>(sum<Tensor2D>(oneHot, 1, true), expandDims(weights, 0));
  const distributions = add(mul(targetWeights, 1 - smoothing), mul(allWeights, smoothing / classes));
  const total = sum<Scalar>(targetWeights);
  return div(sum<Scalar>(mul(distributions, negativeLogLikelihood)), where(notEqual(total, 0), total, 1));
}
