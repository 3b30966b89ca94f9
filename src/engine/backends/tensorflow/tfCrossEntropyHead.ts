/** @file The output layer with its loss on TensorFlow, whose cross-entropy op returns the gradient of the logits beside the loss. */
import type { HeadAttributes, HeadInputs } from "../../ops/crossEntropyHead.js";
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
  type Tensor2D,
  tensor,
  tidy,
} from "../../tfjs.js";
import { run, runAll } from "./tfRun.js";

/** The gradient of each row's own loss, [rows, classes], and the row's weight in the mean, [rows, 1]. */
type Attributes = HeadAttributes<[gradient: Tensor2D, weights: Tensor2D]>;
type Call = Parameters<KernelConfig["kernelFunc"]>[0];

function forward({ inputs: given, attrs }: Call): Tensor {
  const { inputs, kernel, bias, targets } = given as HeadInputs;
  const { tied, meanOver, saved } = attrs as unknown as Attributes;
  return tidy(() => {
    const logits = add(matMul(inputs, kernel, false, tied), bias);
    const hasTarget = notEqual(targets, -1); // [rows]
    const [losses, gradient] = runAll(
      "SparseSoftmaxCrossEntropyWithLogits",
      [logits, maximum(targets, tensor(0, [], "int32"))],
      2,
    );
    const counts = cast(hasTarget, "float32");
    const count = meanOver ?? maximum(sum(counts), 1);
    if (saved.recording) saved.save([keep(gradient as Tensor2D), keep(expandDims<Tensor2D>(div(counts, count), 1))]);
    return div(sum(run("SelectV2", [hasTarget, losses!, tensor(0, [], "float32")])), count);
  });
}

/** Multiplies the rows' weights into tensors that are smaller than the logits. */
function backward({ inputs: given, attrs }: Call): Tensor[] {
  const { inputs, kernel, bias, gradient: factor } = given as Omit<HeadInputs, "targets"> & { gradient: Tensor };
  const { tied, saved } = attrs as unknown as Attributes;
  const [gradient, rowWeights] = saved.take();
  const results = tidy(() => {
    const weights: Tensor2D = mul(rowWeights, factor);
    const weighted: Tensor2D = mul(inputs, weights);
    return [
      mul(matMul(gradient, kernel, false, !tied), weights),
      tied ? matMul(gradient, weighted, true, false) : matMul(weighted, gradient, true, false),
      reshape(matMul(weights, gradient, true, false), bias.shape),
    ];
  });
  gradient.dispose();
  rowWeights.dispose();
  return results;
}

export const crossEntropyHeadKernels: KernelConfig[] = [
  { kernelName: "CrossEntropyHead", backendName: "tensorflow", kernelFunc: forward },
  { kernelName: "CrossEntropyHeadGradient", backendName: "tensorflow", kernelFunc: backward },
];
