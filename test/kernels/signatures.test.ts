/** @file The kernels' signatures as compiled and as generated, and the errors for arguments that do not fit. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { signaturesSource } from "../../scripts/signatures.mjs";
import { signatures } from "../../src/engine/kernelBackend/signatures.js";
import { addon, kernels } from "./support.js";

test("kernels: the compiled signatures are those of signatures.ts, in the same order", () => {
  expect(JSON.stringify(addon.signatures)).toBe(JSON.stringify(signatures));
});

test("kernels: signatures.ts is the output of scripts/signatures.mjs for signatures.def", async () => {
  expect(readFileSync("src/engine/kernelBackend/signatures.ts", "utf8")).toBe(await signaturesSource());
});

const good = () => ({
  rows: 2,
  inner: 3,
  columns: 4,
  transposeA: false,
  transposeB: false,
  a: new Float32Array(6),
  b: new Float32Array(12),
  bias: null,
  output: new Float32Array(8),
});

test.each([
  ["a missing argument", { a: undefined }, "matmul: a is not a Float32Array"],
  ["an array of another type", { a: new Int32Array(6) }, "matmul: a is not a Float32Array"],
  ["an optional array of another type", { bias: [1, 2, 3, 4] }, "matmul: bias is not a Float32Array or null"],
  ["a short array", { b: new Float32Array(11) }, "matmul: b has 11 elements instead of 12"],
  ["a fraction", { rows: 1.5 }, "matmul: rows is not a whole number"],
  ["a negative count", { inner: -1 }, "matmul: inner is not a whole number"],
  ["not a number", { columns: NaN }, "matmul: columns is not a whole number"],
  ["text", { rows: "2" }, "matmul: rows is not a number"],
  ["a number for a flag", { transposeA: 1 }, "matmul: transposeA is neither true nor false"],
  ["sizes beyond memory", { rows: 2147483647, inner: 2147483647, columns: 2147483647 }, "matmul: a has 6 elements"],
])("kernels: %s is an error that names the kernel and the argument", (_, wrong, message) => {
  const values = { ...good(), ...wrong } as ReturnType<typeof good>;
  expect(() => kernels.matmul(values)).toThrow(message);
});

test("kernels: a value that is not an object is an error", () => {
  for (const wrong of [undefined, null, 3, "rows"]) expect(() => kernels.matmul(wrong as never)).toThrow(TypeError);
  expect(() => (kernels.matmul as () => void)()).toThrow(TypeError);
});

test("kernels: an index out of range is an error", () => {
  const table = { vocabulary: 3, width: 2, count: 2, table: new Float32Array(6), output: new Float32Array(4) };
  for (const token of [-1, 3])
    expect(() => kernels.embeddingForward({ ...table, tokens: Int32Array.of(0, token) })).toThrow(
      `embeddingForward: tokens holds ${token}, which is not within 0 to 2`,
    );
});

test("kernels: a list of arrays that does not fit is an error that names the array", () => {
  const lists = () => ({
    gradients: [new Float32Array(2), new Float32Array(3)],
    weights: [new Float32Array(2), new Float32Array(3)],
  });
  const values = { tensors: 2, sizes: Int32Array.of(2, 3), learningRate: 1, clip: 1, norm: new Float64Array(1) };
  const update = (wrong: object) => () => kernels.sgdUpdate({ ...values, ...lists(), ...wrong });
  expect(update({})).not.toThrow();
  expect(update({ gradients: undefined })).toThrow("sgdUpdate: gradients is not a list of 2 arrays");
  expect(update({ weights: [new Float32Array(2)] })).toThrow("sgdUpdate: weights is not a list of 2 arrays");
  expect(update({ weights: lists().weights.toReversed() })).toThrow("weights[0] has 3 elements instead of 2");
  expect(update({ gradients: [null, new Float32Array(3)] })).toThrow("gradients[0] is not a Float32Array");
  expect(update({ sizes: Int32Array.of(-1, 3) })).toThrow("sizes holds -1");
});

test("kernels: conditions between arguments are checked", () => {
  const values = { count: 1, seed: 0, run: 1, period: 1, input: new Float32Array(1), output: new Float32Array(1) };
  expect(() => kernels.dropout({ ...values, rate: 1 })).toThrow("dropout: rate >= 0 && rate < 1 does not hold");
  expect(() => kernels.dropout({ ...values, rate: 0, seed: 0.5 })).toThrow("dropout: seed is not a whole number");
});
