/** @file WebAssembly's memory: all 4 GB that 32 bits address, and the error past them. */
import { expect, test } from "vitest";
import { UserError } from "../../../../src/common/errors.js";
import { bindKernels } from "../../../../src/engine/backends/wasm/wasmBinding.js";
import { instantiate } from "../../../../src/engine/backends/wasm/wasmInstance.js";
import { kernelBytes } from "../../../../src/engine/backends/wasm/wasmBinaries.js";
import { nodeHost } from "../../../../src/engine/backends/wasm/nodeHost.js";
import { WasmPool } from "../../../../src/engine/backends/wasm/wasmPool.js";

const half = 2 ** 27; // floats: half a gigabyte, never written

test("wasm: kernels compute beyond the first two gigabytes of memory", async () => {
  const instance = await instantiate(kernelBytes("simd128"), nodeHost);
  const pool = new WasmPool(instance);
  const large = Array.from({ length: 4 }, () => pool.take(half));
  const [a, output] = [pool.take(3), pool.take(3)];
  expect(a.byteOffset).toBeGreaterThan(2 ** 31);
  a.set([1, 2, 3]);
  bindKernels(instance).add({ count: 3, a, b: Float32Array.of(4, 5, 6), output });
  expect([...output]).toEqual([5, 7, 9]);
  for (const buffer of [...large, a, output]) pool.give(buffer);
  expect(pool.take(half).byteOffset).toBe(large[0]!.byteOffset); // every buffer is used again
});

test("wasm: an allocation beyond the memory is an error that names the remedies", async () => {
  const pool = new WasmPool(await instantiate(kernelBytes("simd128"), nodeHost));
  for (const count of [2 ** 29, 2 ** 30, 2 ** 30 + 16, 2 ** 32])
    expect(() => pool.take(count)).toThrow(
      new UserError(
        "WebAssembly's memory of 4 GB is full: use a smaller --batch-size, a smaller network, or --backend native",
      ),
    );
  expect(pool.take(1)).toHaveLength(1);
});
