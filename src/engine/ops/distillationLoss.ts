/** @file The loss of knowledge distillation (Hinton, Vinyals & Dean 2015): a network learns the probabilities of another one beside the labels. No kernel has it: few classes have small logits. */
import {
  add,
  cast,
  div,
  greaterEqual,
  logSoftmax,
  maximum,
  mul,
  type Scalar,
  softmax,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
} from "../tfjs.js";
import { labelCrossEntropy } from "./labelCrossEntropy.js";

export type DistillationSettings = {
  /** Divides the logits of both; a higher one makes the probabilities of unlikely classes count more. Above 0. */
  temperature: number;
  /** The weight of the teacher's probabilities; the labels have the rest. 0 … 1. */
  alpha: number;
};

/**
 * alpha · temperature² · KL(softmax(teacher / temperature) ‖ softmax(logits / temperature)) + (1 - alpha) · the cross-entropy of the labels, each the mean over
 * the rows whose target is not -1. The factor temperature² keeps the gradients of the first part as large as with temperature 1.
 * @param logits of the network that learns, [rows, classes]
 * @param teacher the logits of the other network, [rows, classes]; no gradient flows into it
 * @param targets [rows], int32, each -1 … classes - 1
 * @param options.weights and options.smoothing as in `labelCrossEntropy`
 */
export function distillationLoss(
  logits: Tensor2D,
  teacher: Tensor2D,
  targets: Tensor1D,
  { temperature, alpha, ...labels }: DistillationSettings & { weights: Tensor1D; smoothing: number },
): Scalar {
  const softened = div<Tensor2D>(teacher, temperature);
  const logRatio = sub(logSoftmax<Tensor2D>(softened), logSoftmax<Tensor2D>(div<Tensor2D>(logits, temperature)));
  const divergences = sum<Tensor1D>(mul(softmax<Tensor2D>(softened), logRatio), 1); // [rows]
  const isPresent = cast<Tensor1D>(greaterEqual<Tensor1D>(targets, 0), "float32");
  const divergence = div(sum<Scalar>(mul(divergences, isPresent)), maximum(sum<Scalar>(isPresent), 1));
  const hard = labelCrossEntropy(logits, targets, labels);
  return add(mul(divergence, alpha * temperature ** 2), mul(hard, 1 - alpha));
}
