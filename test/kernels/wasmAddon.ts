/** @file The kernels in WebAssembly with the interface of the addon. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Addon } from "../../src/engine/backends/native/addon.js";
import { bindKernels } from "../../src/engine/backends/wasm/wasmBinding.js";
import { compiledSignatures } from "../../src/engine/backends/wasm/compiledWasm.js";
import { instantiate } from "../../src/engine/backends/wasm/wasmInstance.js";
import { nodeHost } from "../../src/engine/backends/wasm/nodeHost.js";

export async function wasmAddon(): Promise<Addon> {
  const bytes = new Uint8Array(readFileSync(new URL("../../wasm/kernels.wasm", import.meta.url)));
  const instance = await instantiate(bytes, nodeHost);
  const { exports } = instance;
  exports.setThreads(availableParallelism());
  return {
    kernels: bindKernels(instance),
    signatures: compiledSignatures(instance),
    isa: () => "simd128",
    isas: () => ["simd128"],
    useIsa: () => undefined,
    precisions: () => ["fp32"],
    usePrecision: () => undefined,
    tilesMissing: () => null,
    threads: () => exports.threads(),
    setThreads: (count) => exports.setThreads(count),
  };
}
