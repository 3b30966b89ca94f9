/** @file The peak of 128-bit vectors in WebAssembly: the loop of bench/peak.c, compiled like the kernels, on one or two threads. GFLOP/s. */
import { readFile } from "node:fs/promises";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const operations = 2 * 12 * 4 * 1e6; // per call: 2 (multiplication and addition) · SUMS · lanes · ROUNDS of peak.c
const [waiting, called, done] = [0, 1, 2];

const loopOf = (module) => new WebAssembly.Instance(module).exports.multiplyAndAdd;

if (isMainThread) {
  const { compileWith } = await import("../../scripts/build-wasm.mjs");
  const { row, serve } = await import("../serve.mjs");
  const source = await readFile(new URL("../peak.c", import.meta.url), "utf8");
  const bytes = await compileWith(["-O3", "-msimd128", "-ffp-contract=off"], { "peak.c": source });
  const module = await WebAssembly.compile(bytes);
  const loop = loopOf(module);
  const states = Array.from({ length: row.threads - 1 }, () => {
    const state = new Int32Array(new SharedArrayBuffer(4));
    new Worker(new URL(import.meta.url), { workerData: { module, state } }).unref();
    return state;
  });
  await serve("peak.c in WebAssembly", () => {
    for (const state of states) {
      Atomics.store(state, 0, called);
      Atomics.notify(state, 0);
    }
    loop();
    for (const state of states) {
      Atomics.wait(state, 0, called);
      Atomics.store(state, 0, waiting);
    }
    return (row.threads * operations) / 1e9;
  });
} else {
  const { module, state } = workerData;
  const loop = loopOf(module);
  for (;;) {
    Atomics.wait(state, 0, waiting);
    while (Atomics.load(state, 0) !== called) Atomics.wait(state, 0, Atomics.load(state, 0), 1);
    loop();
    Atomics.store(state, 0, done);
    Atomics.notify(state, 0);
  }
}
