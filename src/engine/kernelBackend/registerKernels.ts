/** @file Makes a backend of our kernels known to TF.js: its CPU kernels, ours in place of or beside them. */
import type { BackendName } from "../../common/names.js";
import { getKernelsForBackend, type KernelConfig, registerBackend, registerKernel } from "../tfjs.js";
import { attentionKernels } from "../ops/attention.js";
import { convolutionKernels } from "../ops/convolution.js";
import { crossEntropyHeadKernels } from "../ops/crossEntropyHead.js";
import { dropoutKernels } from "../ops/dropout.js";
import { embeddingKernels } from "../ops/embedding.js";
import { flattenKernels } from "../ops/flatten.js";
import { normaliseKernels } from "../ops/layerNorm.js";
import { poolKernels } from "../ops/pooling.js";
import { recurrentKernels } from "../ops/recurrentFused.js";
import type { NativeBackend } from "./kernelBackend.js";
import { matmulKernels } from "./matmul.js";
import { shapeKernels } from "./shapeKernels.js";

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

/** To be called once for each backend. */
export function registerKernels(backendName: BackendName, create: () => NativeBackend): void {
  registerBackend(backendName, create);
  const replaced = new Set(ours.map(({ kernelName }) => kernelName));
  const kept = getKernelsForBackend("cpu").filter(({ kernelName }) => !replaced.has(kernelName));
  for (const kernel of [...kept.map(detached), ...ours]) registerKernel({ ...kernel, backendName });
}

/** TF.js's CPU kernels may answer with a view of an input's buffer, which here is pooled. */
const detached = (kernel: KernelConfig): KernelConfig => ({
  ...kernel,
  kernelFunc: (call) => {
    const results = kernel.kernelFunc(call);
    for (const result of Array.isArray(results) ? results : [results]) (call.backend as NativeBackend).detach(result);
    return results;
  },
});
