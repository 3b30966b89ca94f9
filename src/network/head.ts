/** @file The output layer of a network, and the loss of each task. */
import { crossEntropyHead } from "../engine/ops/crossEntropyHead.js";
import { add, matMul, mean, reshape, type Scalar, square, sub, type Tensor1D, type Tensor2D } from "../engine/tfjs.js";
import type { Task } from "../common/names.js";
import { adaptiveCrossEntropy, adaptiveLogProbabilities, type Tail } from "./adaptiveSoftmax.js";

/** kernel: [width, classes]; if tied, the embedding's table [classes, width]. tails: the clusters of an adaptive softmax, else none. */
export type Head = { kernel: Tensor2D; bias: Tensor1D; tied: boolean; tails: readonly Tail[] };

/** [rows, classes] of features [rows, width]. */
export const headOutputs = (features: Tensor2D, head: Head): Tensor2D =>
  head.tails.length > 0
    ? adaptiveLogProbabilities(features, head)
    : add(matMul(features, head.kernel, false, head.tied), head.bias);

/** @param targets [rows]: int32 classes, -1 for rows without a target, or float32 numbers */
type Loss = (features: Tensor2D, head: Head, targets: Tensor1D, mode: { training: boolean }) => Scalar;

/** The mean in nats over the targets that are not -1. */
const crossEntropy: Loss = (features, head, targets, mode) =>
  head.tails.length > 0
    ? adaptiveCrossEntropy(features, head, targets, mode)
    : crossEntropyHead(features, head.kernel, head.bias, targets, { training: mode.training, tied: head.tied });

export const losses: { [Kind in Task]: Loss } = {
  generator: crossEntropy,
  classifier: crossEntropy,
  tagger: crossEntropy,
  /** The mean squared error of one output a row. */
  regressor: (features, head, targets) => mean(square(sub(reshape(headOutputs(features, head), [-1]), targets))),
};
