/** @file Helpers of the kernels' tests: the addon, random arrays, and a test that runs for each instruction set and number of threads. */
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { InstructionSet } from "../../src/engine/backends/backendKind.js";
import type { Addon } from "../../src/engine/backends/native/addon.js";
import type { PrecisionName } from "../../src/common/names.js";
import { type Random, randomStream } from "../../src/common/random.js";
import { casesOf } from "../support/thorough.js";
import { wasmAddon } from "./wasmAddon.js";

export const addonPath =
  process.env["RNN_TEST_ADDON"] ?? fileURLToPath(new URL("../../build/native.node", import.meta.url));
/** vitest.config.ts runs the tests a second time on the kernels in WebAssembly. */
const inWasm = process.env["RNN_TEST_KERNELS"] === "wasm";
export const addon: Addon = inWasm ? await wasmAddon() : (createRequire(import.meta.url)(addonPath) as Addon);
export const { kernels } = addon;

export const wholeNumber = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

/** Uniform in -1 … 1. */
export const floats = (random: Random, size: number): Float32Array =>
  Float32Array.from({ length: size }, () => 2 * random() - 1);

export const indices = (random: Random, size: number, low: number, high: number): Int32Array =>
  Int32Array.from({ length: size }, () => wholeNumber(random, low, high - 1));

/** NaN in every element, so that an element which a kernel does not write fails the test. */
export const unwritten = (size: number): Float32Array => new Float32Array(size).fill(NaN);

/** Sizes near the widths of vectors and tiles, and random ones. */
export const anySize = (random: Random): number => {
  const notable = [1, 2, 4, 7, 8, 12, 15, 16, 17, 31, 32, 33, 48, 64, 65];
  return random() < 0.5 ? notable[wholeNumber(random, 0, notable.length - 1)]! : wholeNumber(random, 1, 70);
};

/** The tolerance of sums of products whose factors are rounded to 8 bits. */
const toleranceOfBf16 = 0.05;
let inBf16 = false;

/** The tolerance of a result: the given one in fp32, a larger one in bf16. */
export const tolerance = (inFp32: number): number => (inBf16 ? Math.max(inFp32, toleranceOfBf16) : inFp32);

/** Expects each element within `tolerance` of the expected one: absolute near zero, relative elsewhere. */
export function expectClose(actual: Float32Array, expected: ArrayLike<number>, inFp32 = 1e-5): void {
  const most = tolerance(inFp32);
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < actual.length; index++) {
    const difference = Math.abs(actual[index]! - expected[index]!);
    if (!(difference <= most * (1 + Math.abs(expected[index]!))))
      expect.fail(`element ${index} is ${actual[index]} instead of ${expected[index]}`);
  }
}

/** A digest of the bits, which also differ between 0 and -0. */
export const bits = (values: Float32Array | Float64Array): string =>
  createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");

/** The instruction sets with bf16 products; emulated where the processor has AVX2. */
export const bf16Sets: InstructionSet[] = addon.isas().filter((isa) => isa === "avx512bf16" || isa === "amx-bf16");
if (addon.isas().includes("avx2")) bf16Sets.push("avx2-bf16", "emulated-amx-bf16");

/** Runs `body` with an instruction set and precision, and restores the addon's settings. */
export function withSet(isa: InstructionSet, precision: PrecisionName, body: () => void): void {
  const before = addon.isa();
  const threads = addon.threads();
  try {
    addon.useIsa(isa);
    addon.usePrecision(precision);
    inBf16 = precision === "bf16";
    body();
  } finally {
    inBf16 = false;
    addon.useIsa(before);
    addon.setThreads(threads);
  }
}

/** Defines a test for each instruction set of this machine, and for products in bf16, with seeded random cases. @param cases the number of cases in `npm run test:all` */
export function testKernel(title: string, cases: number, body: (random: Random) => void): void {
  const sets = [...addon.isas().map((isa) => [isa, "fp32"] as const), ...bf16Sets.map((isa) => [isa, "bf16"] as const)];
  test.each(sets)(`${title} (%s, %s)`, (isa, precision) => {
    withSet(isa, precision, () => {
      for (let index = 0; index < casesOf(cases); index++) {
        addon.setThreads(1 + (index % 3));
        body(randomStream(141, title, index));
      }
    });
  });
}

/** Runs the work with one, two and five threads and expects the same bits. */
export function expectSameBits(work: () => (Float32Array | Float64Array)[]): void {
  const [first, ...others] = [1, 2, 5].map((threads) => {
    addon.setThreads(threads);
    return work().map(bits);
  });
  for (const other of others) expect(other).toEqual(first);
}
