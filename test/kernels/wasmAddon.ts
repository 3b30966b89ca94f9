/** @file The kernels in WebAssembly with the interface of the addon. */
import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import type { Addon } from "../../src/engine/backends/native/addon.js";
import {
  kernelBytes,
  type WasmInstructionSet,
  wasmInstructionSets,
} from "../../src/engine/backends/wasm/wasmBinaries.js";
import { bindKernels } from "../../src/engine/backends/wasm/wasmBinding.js";
import { compiledSignatures } from "../../src/engine/backends/wasm/compiledWasm.js";
import { instantiate } from "../../src/engine/backends/wasm/wasmInstance.js";
import { nodeHost } from "../../src/engine/backends/wasm/nodeHost.js";

export async function wasmAddon(): Promise<Addon> {
  if (!wasmInstructionSets().includes("relaxed-simd")) setFlagsFromString("--experimental-wasm-relaxed-simd"); // Node 20
  const isas = wasmInstructionSets();
  const binaries = await Promise.all(
    isas.map(async (isa) => {
      const instance = await instantiate(kernelBytes(isa), nodeHost);
      instance.exports.setThreads(availableParallelism());
      return { instance, kernels: bindKernels(instance) };
    }),
  );
  let inUse: WasmInstructionSet = isas.at(-1)!;
  const binary = () => binaries[isas.indexOf(inUse)]!;
  const kernels = Object.fromEntries(
    Object.keys(binary().kernels).map((name) => {
      const kernel = name as keyof Addon["kernels"];
      return [name, (given: never) => binary().kernels[kernel](given)];
    }),
  ) as Addon["kernels"];
  return {
    kernels,
    signatures: compiledSignatures(binary().instance),
    isa: () => inUse,
    isas: () => isas,
    useIsa: (isa) => {
      inUse = isa as WasmInstructionSet;
    },
    precisions: () => ["fp32"],
    usePrecision: () => undefined,
    tilesMissing: () => null,
    threads: () => binary().instance.exports.threads(),
    setThreads: (count) => {
      for (const { instance } of binaries) instance.exports.setThreads(count);
    },
  };
}
