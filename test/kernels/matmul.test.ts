/** @file The matrix product against a plain loop, and its bits in different batches and threads. */
import { expect } from "vitest";
import { anySize, bits, expectClose, expectSameBits, floats, kernels, testKernel, unwritten } from "./support.js";

type Product = { rows: number; inner: number; columns: number; transposeA: boolean; transposeB: boolean };

function reference(product: Product, a: Float32Array, b: Float32Array, bias: Float32Array | null): Float64Array {
  const { rows, inner, columns, transposeA, transposeB } = product;
  const output = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let sum = bias?.[column] ?? 0;
      for (let k = 0; k < inner; k++)
        sum +=
          a[transposeA ? k * rows + row : row * inner + k]! *
          b[transposeB ? column * inner + k : k * columns + column]!;
      output[row * columns + column] = sum;
    }
  return output;
}

testKernel("matmul: products of any sizes and transpositions match a plain loop", 60, (random) => {
  const product = {
    rows: anySize(random),
    inner: random() < 0.1 ? 600 : anySize(random),
    columns: anySize(random),
    transposeA: random() < 0.5,
    transposeB: random() < 0.5,
  };
  const a = floats(random, product.rows * product.inner);
  const b = floats(random, product.inner * product.columns);
  const bias = random() < 0.5 ? floats(random, product.columns) : null;
  const output = unwritten(product.rows * product.columns);
  kernels.matmul({ ...product, a, b, bias, output });
  expectClose(output, reference(product, a, b, bias));
});

testKernel("matmul: an inner size of zero gives zeros", 1, () => {
  const sizes = { inner: 0, transposeA: false, transposeB: false, bias: null };
  const output = unwritten(6);
  kernels.matmul({ ...sizes, rows: 2, columns: 3, a: floats(Math.random, 0), b: floats(Math.random, 0), output });
  expect([...output]).toEqual([0, 0, 0, 0, 0, 0]);
});

testKernel("matmul: a row has the same bits alone, with other rows, and with any number of threads", 12, (random) => {
  const [rows, inner, columns] = [anySize(random), 20 * anySize(random), anySize(random)];
  const a = floats(random, rows * inner);
  const b = floats(random, inner * columns);
  const sizes = { inner, columns, transposeA: false, transposeB: false, bias: null };
  const multiply = (count: number, left: Float32Array) => {
    const output = unwritten(count * columns);
    kernels.matmul({ ...sizes, rows: count, a: left, b, output });
    return output;
  };
  expectSameBits(() => [multiply(rows, a)]);
  const together = multiply(rows, a);
  const row = Math.floor(random() * rows);
  const alone = multiply(1, a.subarray(row * inner, (row + 1) * inner));
  expect(bits(alone)).toBe(bits(together.subarray(row * columns, (row + 1) * columns)));
});
