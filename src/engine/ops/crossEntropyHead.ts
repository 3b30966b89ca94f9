/** @file The output layer with its loss: dense layer, softmax and cross-entropy in one pass that never holds all logits. */
import {
  add,
  cast,
  div,
  engine,
  equal,
  expandDims,
  type GradConfig,
  logSoftmax,
  matMul,
  maximum,
  neg,
  notEqual,
  range,
  type Scalar,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  where,
  zerosLike,
} from "../tfjs.js";
import { hasKernel, runKernel, SavedForBackward } from "./dispatch.js";

type HeadOptions = { tied?: boolean; meanOver?: number | undefined };

/**
 * The mean negative log-likelihood, -log softmax(inputs · kernel + bias)[target], over the rows whose target is not -1; 0 without such rows.
 * @param inputs [rows, width]
 * @param kernel [width, classes]; if tied, the embedding's table [classes, width]
 * @param bias [classes]
 * @param targets [rows], int32, each -1…classes - 1
 * @param options.tied whether the kernel is an embedding's table
 * @param options.meanOver the number of rows that the sum is divided by, if other than those with a target
 * @param options.training whether to compute the gradients in the same pass; by default, whether TF.js is recording one
 */
export function crossEntropyHead(
  inputs: Tensor2D,
  kernel: Tensor2D,
  bias: Tensor1D,
  targets: Tensor1D,
  { training = engine().isTapeOn(), tied = false, meanOver }: HeadOptions & { training?: boolean } = {},
): Scalar {
  if (!hasKernel("CrossEntropyHead"))
    return crossEntropyHeadReference(inputs, kernel, bias, targets, { tied, meanOver });
  return runKernel(
    "CrossEntropyHead",
    { inputs, kernel, bias, targets },
    { tied, meanOver, saved: new SavedForBackward(training) },
  ) as Scalar;
}

export function crossEntropyHeadReference(
  inputs: Tensor2D,
  kernel: Tensor2D,
  bias: Tensor1D,
  targets: Tensor1D,
  { tied = false, meanOver }: HeadOptions = {},
): Scalar {
  const [classes] = bias.shape;
  const negativeLogLikelihood = neg(logSoftmax<Tensor2D>(add(matMul(inputs, kernel, false, tied), bias))); // [rows, classes]
  const counts = notEqual(targets, -1); // [rows]
  const isTarget = equal(expandDims(targets, 1), expandDims(range(0, classes, 1, "int32"), 0)); // [rows, classes]
  const total = sum<Scalar>(where(isTarget, negativeLogLikelihood, zerosLike(negativeLogLikelihood)));
  return div(total, meanOver ?? maximum(sum(cast(counts, "float32")), 1));
}

export type HeadInputs = { inputs: Tensor2D; kernel: Tensor2D; bias: Tensor1D; targets: Tensor1D };
export type HeadAttributes<Buffers> = { tied: boolean; meanOver: number | undefined; saved: SavedForBackward<Buffers> };

export const crossEntropyHeadGradient: GradConfig = {
  kernelName: "CrossEntropyHead",
  inputsToSave: ["inputs", "kernel", "bias"],
  gradFunc: (gradient, [inputs, kernel, bias], attributes) => {
    const [inputsGradient, kernelGradient, biasGradient] = runKernel(
      "CrossEntropyHeadGradient",
      { inputs: inputs!, kernel: kernel!, bias: bias!, gradient: gradient as Tensor },
      attributes,
    ) as Tensor[];
    return { inputs: () => inputsGradient!, kernel: () => kernelGradient!, bias: () => biasGradient! };
  },
};
