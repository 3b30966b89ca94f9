/** @file Registers our kernels on TensorFlow with TF.js, and the extension of the backend tensorflow. */
import { registerGradients } from "../../gradients/index.js";
import { extendBackend } from "../../ops/dispatch.js";
import { type KernelConfig, registerKernel } from "../../tfjs.js";
import { crossEntropyHeadKernels } from "./tfCrossEntropyHead.js";
import { tensorflowUpdateWeights } from "./tfOptimizers.js";
import { fusedCells, recurrentKernels } from "./tfRecurrent.js";

/** The other operations run their references, a few TensorFlow ops each. */
const ourKernels: KernelConfig[] = [...recurrentKernels, ...crossEntropyHeadKernels];

/** Call it once, after tfjs-node was loaded. */
export function registerTensorflow(): void {
  registerGradients(); // again: tfjs-node registers the gradients of TF.js, and its Unpack fails for a single step
  for (const kernel of ourKernels) registerKernel(kernel);
  extendBackend("tensorflow", { fusedCells, updateWeights: tensorflowUpdateWeights });
}
