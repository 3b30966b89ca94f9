/** @file What computes in the page: the kernels on one thread, or TF.js's own where the browser does not run them. */
import { registerKernels } from "../engine/kernelBackend/registerKernels.js";
import { WasmBackend } from "../engine/backends/wasm/wasmBackend.js";
import { type Host, instantiate } from "../engine/backends/wasm/wasmInstance.js";
import type { BackendName } from "../common/names.js";
import { enableProdMode, setBackend } from "./browserTfjs.js";

/** 1 GB, more than a page can hold: a telephone may not have 4 GB of addresses to spare. */
const mostPages = 2 ** 14;

const host: Host = {
  startThread: () => false, // a browser shares memory with other threads only where a server allows it
  outOfMemory: (bytes) => {
    throw new RangeError(`there are no ${bytes} bytes to compute with`);
  },
};

/** Makes a backend the one that all tensors live on. @param kernels kernels.wasm @returns its name */
export async function startEngine(kernels: Uint8Array<ArrayBuffer>): Promise<BackendName> {
  enableProdMode(); // else TF.js prints a banner on the first tensor
  const name = (await hasKernels(kernels)) ? "wasm" : "cpu";
  await setBackend(name);
  return name;
}

async function hasKernels(kernels: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (!WebAssembly.validate(kernels)) return false; // no vectors, or no memory that threads could share
  const instance = await instantiate(kernels, host, mostPages).catch(() => null); // no room for it
  if (instance === null) return false;
  instance.exports.setThreads(1);
  registerKernels("wasm", () => new WasmBackend(instance));
  return true;
}
