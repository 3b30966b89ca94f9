/** @file Products in bf16, to the bit: the rounding of their factors, and the order of their sums. */
import { expect, test } from "vitest";
import { randomStream } from "../../src/common/random.js";
import type { InstructionSet } from "../../src/engine/backends/backendKind.js";
import { addon, anySize, bf16Sets, floats, kernels, unwritten, withSet } from "./support.js";

const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]!;
const fromBits = (bits: number): number => new Float32Array(Uint32Array.of(bits).buffer)[0]!;

/** The nearest of the two bf16 around a finite value; of equally near ones, the even one. */
function rounded(value: number): number {
  const below = fromBits((bitsOf(value) & 0xffff0000) >>> 0);
  const above = fromBits(((bitsOf(value) & 0xffff0000) + 0x10000) >>> 0);
  const [under, over] = [Math.abs(value - below), Math.abs(above - value)];
  if (under !== over) return under < over ? below : above;
  return (bitsOf(below) >>> 16) % 2 === 0 ? below : above;
}

type Sizes = { rows: number; inner: number; columns: number; transposeA: boolean; transposeB: boolean };

function multiply(sizes: Sizes, a: Float32Array, b: Float32Array): Float32Array {
  const output = unwritten(sizes.rows * sizes.columns);
  kernels.matmul({ ...sizes, a, b, bias: null, output });
  return output;
}

type Order = (product: (k: number) => number, inner: number) => number;

const add = (one: number, other: number): number => Math.fround(one + other);

/** VDPBF16PS: of each pair of products the second one first. */
const pairByPair: Order = (product, inner) => {
  let sum = 0;
  for (let k = 0; k < inner; k += 2) sum = add(add(sum, product(k + 1)), product(k));
  return sum;
};

/** TDPBF16PS, of 16 pairs: the sum of the first products and that of the second ones, then both, then the sum so far. */
const tileByTile: Order = (product, inner) => {
  let sum = 0;
  for (let start = 0; start < inner; start += 32) {
    let [first, second] = [0, 0];
    for (let k = start; k < start + 32; k += 2) {
      first = add(first, product(k));
      second = add(second, product(k + 1));
    }
    sum = add(sum, add(first, second));
  }
  return sum;
};

const orderOf = (isa: InstructionSet): Order => (isa.endsWith("amx-bf16") ? tileByTile : pairByPair);

/** Sums in fp32, in a set's order. */
function reference(isa: InstructionSet, sizes: Sizes, a: Float32Array, b: Float32Array): Float32Array {
  const { rows, inner, columns, transposeA, transposeB } = sizes;
  const [left, right] = [a.map(rounded), b.map(rounded)];
  const output = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const product = (k: number): number =>
        k < inner
          ? left[transposeA ? k * rows + row : row * inner + k]! *
            right[transposeB ? column * inner + k : k * columns + column]!
          : 0;
      output[row * columns + column] = orderOf(isa)(product, inner);
    }
  return output;
}

test.each(bf16Sets)("bf16: factors are rounded to the nearest, ties to even (%s)", (isa) => {
  const cases: [number, number][] = [
    [1, 1],
    [-3.140625, -3.140625], // 8 bits
    [1 + 2 ** -8, 1], // a tie: below is even
    [1 + 3 * 2 ** -8, 1 + 2 ** -6], // a tie: above is even
    [1 + 2 ** -8 + 2 ** -23, 1 + 2 ** -7], // just above one
    [-1 - 2 ** -8 + 2 ** -23, -1],
    [2 ** 127 * (2 - 2 ** -8 - 2 ** -20), 2 ** 127 * (2 - 2 ** -7)], // just below a tie with infinity
    [2 ** 127 * (2 - 2 ** -8), Infinity],
    [2 ** -126, 2 ** -126],
    [2 ** -127, 0], // below the normal numbers
    [-Infinity, -Infinity],
    [NaN, NaN],
    [fromBits(0x7f800001), NaN], // its upper half alone is infinity
  ];
  withSet(isa, "bf16", () => {
    const given = Float32Array.from(cases, ([value]) => value);
    const sizes = { rows: 1, inner: 1, columns: cases.length, transposeA: false, transposeB: false };
    expect([...multiply(sizes, Float32Array.of(1), given)]).toEqual(cases.map(([, expected]) => expected));
    const column = { ...sizes, rows: cases.length, columns: 1 };
    expect([...multiply(column, given, Float32Array.of(1))]).toEqual(cases.map(([, expected]) => expected));
  });
});

test.each(bf16Sets)("bf16: matmul sums pairs of products in order, to the bit (%s)", (isa) => {
  withSet(isa, "bf16", () => {
    for (let index = 0; index < 40; index++) {
      const random = randomStream(16, index);
      const sizes = {
        rows: anySize(random),
        inner: random() < 0.1 ? 601 : anySize(random),
        columns: anySize(random),
        transposeA: random() < 0.5,
        transposeB: random() < 0.5,
      };
      const a = floats(random, sizes.rows * sizes.inner);
      const b = floats(random, sizes.inner * sizes.columns);
      addon.setThreads(1 + (index % 3));
      expect(multiply(sizes, a, b)).toEqual(reference(isa, sizes, a, b));
    }
  });
});

/** Rows and columns of several blocks, with rests of each kind of tile. */
test.each(bf16Sets)("bf16: large matmuls have the bits of small ones (%s)", (isa) => {
  withSet(isa, "bf16", () => {
    for (const [rows, inner, columns] of [
      [300, 70, 50],
      [273, 33, 97],
      [65, 300, 40],
    ] as const)
      for (const transposeA of [false, true]) {
        const random = randomStream(17, rows);
        const sizes = { rows, inner, columns, transposeA, transposeB: transposeA };
        const [a, b] = [floats(random, rows * inner), floats(random, inner * columns)];
        addon.setThreads(2);
        expect(multiply(sizes, a, b)).toEqual(reference(isa, sizes, a, b));
      }
  });
});

test("bf16: an instruction set without bf16 products is an error", () => {
  const lowest = addon.isas()[0]!;
  expect(() => withSet(lowest, "bf16", () => undefined)).toThrow(`${lowest} has no products in "bf16"`);
});
