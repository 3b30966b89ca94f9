/** @file The kernels' WebAssembly binaries in the package: one for all engines, one for those with fused multiply-add. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../../../common/packageFolder.js";

/** What scripts/build-wasm.mjs compiles. */
const wasmFiles = { simd128: "wasm/kernels.wasm", "relaxed-simd": "wasm/kernels.relaxed-simd.wasm" };

/** An instruction set of WebAssembly that the kernels are compiled for. */
export type WasmInstructionSet = keyof typeof wasmFiles;

/** A module whose one function multiplies and adds with `f32x4.relaxed_madd`. */
const relaxedModule = Uint8Array.from(
  [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic number and version
    [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // a type: () → v128
    [0x03, 0x02, 0x01, 0x00], // a function of this type
    [0x0a, 0x13, 0x01, 0x11, 0x00], // its code, without local variables
    [0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f], // i8x16.splat(0), three times
    [0xfd, 0x85, 0x02, 0x0b], // f32x4.relaxed_madd, end
  ].flat(),
);

/** The instruction sets that this JavaScript engine has, from the lowest: Node has relaxed-simd from version 22 on. */
export const wasmInstructionSets = (): WasmInstructionSet[] =>
  WebAssembly.validate(relaxedModule) ? ["simd128", "relaxed-simd"] : ["simd128"];

/** The binary's file, relative to the package. */
export const wasmFile = (instructionSet: WasmInstructionSet): string => wasmFiles[instructionSet];

/** The bytes of a binary. @throws Error if it cannot be read */
export const kernelBytes = (instructionSet: WasmInstructionSet): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(packageFolder, wasmFile(instructionSet))));
