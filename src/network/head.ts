/** @file The output layer of a network, and the loss of each task. */
import { crossEntropyHead } from "../engine/ops/crossEntropyHead.js";
import { binaryCrossEntropy } from "../engine/ops/binaryCrossEntropy.js";
import { distillationLoss } from "../engine/ops/distillationLoss.js";
import { labelCrossEntropy } from "../engine/ops/labelCrossEntropy.js";
import {
  add,
  matMul,
  mean,
  ones,
  reshape,
  type Scalar,
  square,
  sub,
  tensor1d,
  type Tensor1D,
  tensor2d,
  type Tensor2D,
} from "../engine/tfjs.js";
import type { TeacherLogits } from "../examples/batch.js";
import type { Task } from "../common/names.js";
import { adaptiveCrossEntropy, adaptiveLogProbabilities, type Tail } from "./adaptiveSoftmax.js";

/** kernel: [width, classes]; if tied, the embedding's table [classes, width]. tails: the clusters of an adaptive softmax, else none. */
export type Head = { kernel: Tensor2D; bias: Tensor1D; tied: boolean; tails: readonly Tail[] };

/** [rows, classes] of features [rows, width]. */
export const headOutputs = (features: Tensor2D, head: Head): Tensor2D =>
  head.tails.length > 0
    ? adaptiveLogProbabilities(features, head)
    : add(matMul(features, head.kernel, false, head.tied), head.bias);

/** How the training loss of labels differs from the mean cross-entropy. */
export type LabelLoss = {
  /** A factor for each class. Default: 1 for all. */
  classWeights?: readonly number[] | undefined;
  /** The part of each target that is spread over all classes, 0 … 1. Default: 0. */
  smoothing?: number | undefined;
  /** The logits of another network, whose probabilities are learned beside the labels. */
  teacher?: TeacherLogits | undefined;
};

/** training: whether gradients follow; labelLoss: default: the mean cross-entropy. */
export type LossMode = { training: boolean; labelLoss?: LabelLoss | undefined };

/** @param targets [rows]: int32 classes, -1 for rows without a target, or float32 numbers */
type Loss = (features: Tensor2D, head: Head, targets: Tensor1D, mode: LossMode) => Scalar;

/** The mean in nats over the targets that are not -1. */
const crossEntropy: Loss = (features, head, targets, mode) =>
  head.tails.length > 0
    ? adaptiveCrossEntropy(features, head, targets, mode)
    : crossEntropyHead(features, head.kernel, head.bias, targets, { training: mode.training, tied: head.tied });

/** The mean binary cross-entropy of all labels of all rows. @param targets [rows · classes], float32: 1 for a label of the row, else 0 */
export const labelSetLoss: Loss = (features, head, targets) => binaryCrossEntropy(headOutputs(features, head), targets);

/** The same with class weights, label smoothing and the probabilities of another network. */
const labelLoss: Loss = (features, head, targets, mode) => {
  if (!mode.labelLoss) return crossEntropy(features, head, targets, mode);
  const { classWeights, smoothing = 0, teacher } = mode.labelLoss;
  const weights: Tensor1D = classWeights ? tensor1d([...classWeights], "float32") : ones([head.bias.shape[0]]);
  const logits = headOutputs(features, head);
  if (!teacher) return labelCrossEntropy(logits, targets, { weights, smoothing });
  const { logits: given, temperature, alpha } = teacher;
  const itsLogits = tensor2d(given, [given.length / head.bias.shape[0], head.bias.shape[0]]);
  return distillationLoss(logits, itsLogits, targets, { temperature, alpha, weights, smoothing });
};

export const losses: { [Kind in Task]: Loss } = {
  generator: crossEntropy,
  classifier: labelLoss,
  tagger: labelLoss,
  /** The mean squared error of one output a row. */
  regressor: (features, head, targets) => mean(square(sub(reshape(headOutputs(features, head), [-1]), targets))),
};
