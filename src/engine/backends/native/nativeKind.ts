/** @file The backend native: the kernels as a Node addon, with threads and the processor's best instruction set. */
import type { BackendKind } from "../backendKind.js";
import { loadAddon, type LoadedAddon } from "./addon.js";
import { kernelExtension, registerKernels } from "../../kernelBackend/registerKernels.js";
import { KernelBackend } from "../../kernelBackend/kernelBackend.js";
import { BufferPool } from "../../kernelBackend/bufferPool.js";
import type { KernelMemory } from "../../kernelBackend/kernelMemory.js";
import { extendBackend } from "../../ops/dispatch.js";

const addon = (): LoadedAddon | null => {
  const loaded = loadAddon();
  return "missing" in loaded ? null : loaded;
};

let memory: KernelMemory | null = null;

export const native: BackendKind = {
  describe: "C kernels with threads, called from TensorFlow.js",
  missing: () => {
    const loaded = loadAddon();
    return "missing" in loaded ? loaded.missing : null;
  },
  file: () => addon()?.file ?? null,
  prepare: () => {
    memory = { kernels: addon()!.kernels, pool: new BufferPool() };
    extendBackend("native", kernelExtension(memory));
  },
  memory: () => memory,
  register: () => registerKernels("native", () => new KernelBackend(memory!)),
  threads: () => addon()?.threads() ?? 1,
  setThreads: (threads) => addon()?.setThreads(threads),
  instructionSet: () => addon()?.isa() ?? null,
  instructionSets: () => addon()?.isas() ?? [],
  precisions: () => addon()?.precisions() ?? ["fp32"],
  usePrecision: (precision) => addon()?.usePrecision(precision),
  tilesMissing: () => addon()?.tilesMissing() ?? null,
};
