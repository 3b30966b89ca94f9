/** @file The binaries of the kernels: which one an engine runs. */
import { expect, test } from "vitest";
import { kernelBytes, wasmInstructionSets } from "../../../../src/engine/backends/wasm/wasmBinaries.js";
import { wasm } from "../../../../src/engine/backends/wasm/wasmKind.js";

test("wasm: the engine runs the binary with fused multiply-add if it can, else the plain one", () => {
  const sets = wasmInstructionSets();
  expect(sets[0]).toBe("simd128");
  expect(WebAssembly.validate(kernelBytes("simd128"))).toBe(true);
  expect(sets.includes("relaxed-simd")).toBe(WebAssembly.validate(kernelBytes("relaxed-simd")));
  expect(wasm.instructionSet()).toBe(sets.at(-1));
});
