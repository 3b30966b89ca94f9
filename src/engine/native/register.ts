/** @file Makes the native backend known to TF.js: its CPU kernels, ours in place of or beside them, and gradients. */
import { getKernelsForBackend, type KernelConfig, registerBackend, registerGradient, registerKernel } from "../tfjs.js";
import { crossEntropyHeadGradient, crossEntropyHeadKernels } from "../ops/crossEntropyHead.js";
import { dropoutGradient, dropoutKernels } from "../ops/dropout.js";
import { embeddingGradient, embeddingKernels } from "../ops/embedding.js";
import { poolGradients, poolKernels } from "../ops/pool.js";
import { recurrentGradient, recurrentKernels } from "../ops/recurrentFused.js";
import { NativeBackend } from "./backend.js";
import { matmulKernels } from "./matmul.js";
import type { Kernels } from "./signatures.js";

const ours: KernelConfig[] = [
  ...matmulKernels,
  ...embeddingKernels,
  ...recurrentKernels,
  ...crossEntropyHeadKernels,
  ...poolKernels,
  ...dropoutKernels,
];

const gradients = [embeddingGradient, recurrentGradient, crossEntropyHeadGradient, ...poolGradients, dropoutGradient];

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
