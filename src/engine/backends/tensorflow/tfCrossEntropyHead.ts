/** @file Dense layer, softmax and cross-entropy on TensorFlow, whose loss brings the gradient of the logits along. */
import type { Kept } from "../../ops/registry.js";
import {
  add,
  cast,
  div,
  expandDims,
  keep,
  type KernelConfig,
  matMul,
  maximum,
  mul,
  notEqual,
  reshape,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  tidy,
} from "../../tfjs.js";
import { run, runAll } from "./tfRun.js";

/** kept: the gradient of each row's own loss, [rows, classes], and how much that counts in the mean, [rows, 1]. */
type Attributes = { tied: boolean; kept: Kept<[gradient: Tensor2D, weights: Tensor2D]> };
type Call = Parameters<KernelConfig["kernelFunc"]>[0];

function forward({ inputs: given, attrs }: Call): Tensor {
  const { inputs, kernel, bias, targets } = given as {
    inputs: Tensor2D;
    kernel: Tensor2D;
    bias: Tensor1D;
    targets: Tensor1D;
  };
  const { tied, kept } = attrs as unknown as Attributes;
  return tidy(() => {
    const logits = add(matMul(inputs, kernel, false, tied), bias);
    const counting = notEqual(targets, -1); // [rows]
    const [losses, gradient] = runAll(
      "SparseSoftmaxCrossEntropyWithLogits",
      [logits, maximum(targets, tensor(0, [], "int32"))],
      2,
    );
    const counts = cast(counting, "float32");
    const count = maximum(sum(counts), 1);
    if (kept.recording) kept.keep([keep(gradient as Tensor2D), keep(expandDims<Tensor2D>(div(counts, count), 1))]);
    return div(sum(run("SelectV2", [counting, losses!, tensor(0, [], "float32")])), count);
  });
}

/** The rows' weights go to what is smaller than the logits. */
function backward({ inputs: given, attrs }: Call): Tensor[] {
  const {
    inputs,
    kernel,
    bias,
    gradient: factor,
  } = given as { inputs: Tensor2D; kernel: Tensor2D; bias: Tensor1D; gradient: Tensor };
  const { tied, kept } = attrs as unknown as Attributes;
  const [gradient, shares] = kept.use();
  const results = tidy(() => {
    const weights: Tensor2D = mul(shares, factor);
    const weighted: Tensor2D = mul(inputs, weights);
    return [
      mul(matMul(gradient, kernel, false, !tied), weights),
      tied ? matMul(gradient, weighted, true, false) : matMul(weighted, gradient, true, false),
      reshape(matMul(weights, gradient, true, false), bias.shape),
    ];
  });
  gradient.dispose();
  shares.dispose();
  return results;
}

export const crossEntropyHeadKernels: KernelConfig[] = [
  { kernelName: "CrossEntropyHead", backendName: "tensorflow", kernelFunc: forward },
  { kernelName: "CrossEntropyHeadGradient", backendName: "tensorflow", kernelFunc: backward },
];
