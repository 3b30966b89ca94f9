/** @file The backend of the page: the WebAssembly kernels on one thread, or TF.js's cpu backend if the browser cannot run them. */
import { kernelExtension, registerKernels } from "../engine/kernelBackend/registerKernels.js";
import { activateKernels } from "../engine/kernelBackend/kernelMemory.js";
import { activateBackend, extendBackend } from "../engine/ops/dispatch.js";
import { WasmBackend } from "../engine/backends/wasm/wasmBackend.js";
import { wasmMemory } from "../engine/backends/wasm/wasmMemory.js";
import { type Host, instantiate } from "../engine/backends/wasm/wasmInstance.js";
import type { BackendName } from "../common/names.js";
import { enableProdMode, setBackend } from "./browserTfjs.js";

/** 1 GB, more than a page can hold; a phone may not have 4 GB of address space. */
const maxPages = 2 ** 14;

const host: Host = {
  startThread: () => false, // shared memory needs HTTP headers, which a file does not have
  outOfMemory: (bytes) => {
    throw new RangeError(`could not allocate ${bytes} bytes of memory`);
  },
};

/** Selects the backend of all tensors. @param kernels kernels.wasm @returns its name */
export async function startEngine(kernels: Uint8Array<ArrayBuffer>): Promise<BackendName> {
  enableProdMode(); // without it TF.js prints a banner
  const name = (await hasKernels(kernels)) ? "wasm" : "cpu";
  activateBackend(name);
  await setBackend(name);
  return name;
}

async function hasKernels(kernels: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (!WebAssembly.validate(kernels)) return false; // no SIMD or no shared memory
  const instance = await instantiate(kernels, host, maxPages).catch(() => null); // not enough memory
  if (instance === null) return false;
  instance.exports.setThreads(1);
  const memory = wasmMemory(instance);
  activateKernels(memory);
  extendBackend("wasm", kernelExtension(memory));
  registerKernels("wasm", () => new WasmBackend(memory));
  return true;
}
