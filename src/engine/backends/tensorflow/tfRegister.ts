/** @file Makes the fused operations that TensorFlow has kernels for known to TF.js. */
import { registerGradients } from "../../gradients/index.js";
import { type KernelConfig, registerKernel } from "../../tfjs.js";
import { crossEntropyHeadKernels } from "./tfCrossEntropyHead.js";
import { recurrentKernels } from "./tfRecurrent.js";

/** The others run their references: these are a few of TensorFlow's own operations anyway. */
const ours: KernelConfig[] = [...recurrentKernels, ...crossEntropyHeadKernels];

/** To be called once, when the peer has been loaded. */
export function registerTensorflow(): void {
  registerGradients(); // anew: the peer brings TF.js's own, whose Unpack fails for a single step
  for (const kernel of ours) registerKernel(kernel);
}
