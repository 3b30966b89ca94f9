/** @file The kernels in WebAssembly with buffers in its memory. */
import type { KernelMemory } from "../../kernelBackend/kernelMemory.js";
import { bindKernels } from "./wasmBinding.js";
import type { Instance } from "./wasmInstance.js";
import { WasmPool } from "./wasmPool.js";

export const wasmMemory = (instance: Instance): KernelMemory => ({
  kernels: bindKernels(instance),
  pool: new WasmPool(instance),
});
