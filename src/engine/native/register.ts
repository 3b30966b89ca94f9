/** @file Makes the native backend known to TF.js: its CPU kernels, ours in place of or beside them, and gradients. */
import { getKernelsForBackend, type KernelConfig, registerBackend, registerGradient, registerKernel } from "../tfjs.js";
import { attentionGradient, attentionKernels } from "../ops/attention.js";
import { convolutionGradient, convolutionKernels } from "../ops/convolution.js";
import { crossEntropyHeadGradient, crossEntropyHeadKernels } from "../ops/crossEntropyHead.js";
import { dropoutGradient, dropoutKernels } from "../ops/dropout.js";
import { embeddingGradient, embeddingKernels } from "../ops/embedding.js";
import { flattenGradient, flattenKernels } from "../ops/flatten.js";
import { normaliseGradient, normaliseKernels } from "../ops/normalise.js";
import { poolGradient, poolKernels } from "../ops/pool.js";
import { recurrentGradient, recurrentKernels } from "../ops/recurrentFused.js";
import { NativeBackend } from "./backend.js";
import { matmulKernels } from "./matmul.js";
import { shapeKernels } from "./shapes.js";
import type { Kernels } from "./signatures.js";

const ours: KernelConfig[] = [
  ...matmulKernels,
  ...shapeKernels,
  ...embeddingKernels,
  ...recurrentKernels,
  ...crossEntropyHeadKernels,
  ...convolutionKernels,
  ...poolKernels,
  ...attentionKernels,
  ...flattenKernels,
  ...normaliseKernels,
  ...dropoutKernels,
];

const gradients = [
  embeddingGradient,
  recurrentGradient,
  crossEntropyHeadGradient,
  convolutionGradient,
  poolGradient,
  attentionGradient,
  flattenGradient,
  normaliseGradient,
  dropoutGradient,
];

/** To be called once. */
export function registerNativeBackend(kernels: Kernels): void {
  registerBackend("native", () => new NativeBackend(kernels));
  const replaced = new Set(ours.map(({ kernelName }) => kernelName));
  const kept = getKernelsForBackend("cpu").filter(({ kernelName }) => !replaced.has(kernelName));
  for (const kernel of [...kept.map(detached), ...ours]) registerKernel(kernel);
  for (const gradient of gradients) registerGradient(gradient);
}

/** TF.js's CPU kernels may answer with a view of an input's buffer, which here is pooled. */
const detached = (kernel: KernelConfig): KernelConfig => ({
  ...kernel,
  backendName: "native",
  kernelFunc: (call) => {
    const results = kernel.kernelFunc(call);
    for (const result of Array.isArray(results) ? results : [results]) (call.backend as NativeBackend).detach(result);
    return results;
  },
});
