/** @file Registers a backend with TF.js: our kernels, and TF.js's CPU kernels for all other ops. */
import type { BackendName } from "../../common/names.js";
import type { BackendExtension } from "../ops/dispatch.js";
import { getKernelsForBackend, type KernelConfig, registerBackend, registerKernel } from "../tfjs.js";
import { attentionKernels } from "./attentionKernels.js";
import { causalConvolutionKernels } from "./causalConvolutionKernels.js";
import { convolutionKernels } from "./convolutionKernels.js";
import { crossEntropyHeadKernels } from "./crossEntropyHeadKernels.js";
import { dropoutKernels } from "./dropoutKernels.js";
import { embeddingKernels } from "./embeddingKernels.js";
import { flattenKernels } from "./flattenKernels.js";
import type { KernelBackend } from "./kernelBackend.js";
import { createKernelDecoder } from "./kernelDecoder.js";
import type { KernelMemory } from "./kernelMemory.js";
import { gatedScanKernels } from "./gatedScanKernels.js";
import { layerNormKernels } from "./layerNormKernels.js";
import { matmulKernels } from "./matmulKernels.js";
import { kernelUpdateWeights } from "./optimizerKernels.js";
import { poolingKernels } from "./poolingKernels.js";
import { fusedCells, recurrentKernels } from "./recurrentKernels.js";
import { rmsNormKernels } from "./rmsNormKernels.js";
import { shapeKernels } from "./shapeKernels.js";
import { siluGateKernels } from "./siluGateKernels.js";

const ourKernels: KernelConfig[] = [
  ...matmulKernels,
  ...shapeKernels,
  ...embeddingKernels,
  ...recurrentKernels,
  ...crossEntropyHeadKernels,
  ...convolutionKernels,
  ...poolingKernels,
  ...attentionKernels,
  ...flattenKernels,
  ...layerNormKernels,
  ...rmsNormKernels,
  ...siluGateKernels,
  ...causalConvolutionKernels,
  ...gatedScanKernels,
  ...dropoutKernels,
];

/** The functions beside kernels, which need no TF.js. */
export const kernelExtension = (memory: KernelMemory): BackendExtension => ({
  fusedCells,
  fusesMasks: true,
  updateWeights: kernelUpdateWeights,
  createDecoder: (...given) => createKernelDecoder(memory, ...given),
});

/** Registers the kernels with TF.js. Call it once for each backend. */
export function registerKernels(backendName: BackendName, create: () => KernelBackend): void {
  registerBackend(backendName, create);
  const replaced = new Set(ourKernels.map(({ kernelName }) => kernelName));
  const cpuKernels = getKernelsForBackend("cpu").filter(({ kernelName }) => !replaced.has(kernelName));
  for (const kernel of [...cpuKernels.map(withoutViews), ...ourKernels]) registerKernel({ ...kernel, backendName });
}

/** TF.js's CPU kernels may return a view of an input's buffer, which is pooled here: the result gets a copy. */
const withoutViews = (kernel: KernelConfig): KernelConfig => ({
  ...kernel,
  kernelFunc: (call) => {
    const results = kernel.kernelFunc(call);
    for (const result of Array.isArray(results) ? results : [results]) (call.backend as KernelBackend).detach(result);
    return results;
  },
});
