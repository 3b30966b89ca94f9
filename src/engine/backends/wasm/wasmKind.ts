/** @file The backend wasm in Node: the same kernels as WebAssembly, with threads and 128-bit vectors, on any system. */
import { availableParallelism } from "node:os";
import { type BackendKind, maxThreads, plain } from "../backendKind.js";
import type { KernelMemory } from "../../kernelBackend/kernelMemory.js";
import { kernelExtension, registerKernels } from "../../kernelBackend/registerKernels.js";
import { extendBackend } from "../../ops/dispatch.js";
import { WasmBackend } from "./wasmBackend.js";
import { kernelBytes, wasmFile, wasmInstructionSets } from "./wasmBinaries.js";
import { wasmMemory } from "./wasmMemory.js";
import { type Instance, instantiate } from "./wasmInstance.js";
import { nodeHost } from "./nodeHost.js";

const fastest = wasmInstructionSets().at(-1)!;
const file = wasmFile(fastest);

const remedy = "in a clone, run npm run build-wasm; elsewhere, install rnn-text again";

let instance: Instance | undefined;
let memory: KernelMemory | null = null;
let threads = Math.min(availableParallelism(), maxThreads);

export const wasm: BackendKind = {
  ...plain,
  describe: "the same kernels as WebAssembly, with threads; needs no compiler",
  file: () => file,
  missing: () => {
    try {
      return WebAssembly.validate(kernelBytes(fastest))
        ? null
        : `${file} is damaged, or this JavaScript engine does not support vectors or threads: ${remedy}`;
    } catch {
      return `${file} cannot be read: ${remedy}`;
    }
  },
  prepare: async () => {
    instance = await instantiate(kernelBytes(fastest), nodeHost);
    instance.exports.setThreads(threads);
    memory = wasmMemory(instance);
    extendBackend("wasm", kernelExtension(memory));
  },
  memory: () => memory,
  register: () => registerKernels("wasm", () => new WasmBackend(memory!)),
  threads: () => threads,
  setThreads: (count) => {
    threads = count;
    instance?.exports.setThreads(count);
  },
  instructionSet: () => fastest,
  instructionSets: wasmInstructionSets,
};
