/** @file Initial weights: pure functions of a shape and a random stream. */
import type { InitializationName } from "../common/names.js";
import type { Random } from "../common/random.js";

export type Initializer = (shape: readonly number[], random: Random) => Float32Array<ArrayBuffer>;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const fill = (shape: readonly number[], draw: () => number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: sizeOf(shape) }, draw);

export const zeros: Initializer = (shape) => new Float32Array(sizeOf(shape));

export const ones: Initializer = (shape) => new Float32Array(sizeOf(shape)).fill(1);

/** Zeros, with ones in the last row; shape [rows, columns]. */
export const lastOne: Initializer = (shape) => {
  const columns = shape.at(-1)!;
  return new Float32Array(sizeOf(shape)).fill(1, sizeOf(shape) - columns);
};

export const uniform =
  (range: number): Initializer =>
  (shape, random) =>
    fill(shape, () => (2 * random() - 1) * range);

/** Uniform with a variance of s² / inputs (Lei et al. 2018): a scale s for each matrix [inputs, units] of a kernel that has them side by side. */
export const rescaledUniform =
  (units: number, scales: readonly number[]): Initializer =>
  (shape, random) => {
    const [inputs = 1, columns = 1] = shape;
    const values = uniform(Math.sqrt(3 / inputs))(shape, random);
    return values.map((value, index) => value * scales[Math.floor((index % columns) / units)]!);
  };

/** Box & Muller 1958. */
export const normal =
  (standardDeviation: number): Initializer =>
  (shape, random) =>
    fill(shape, () => standardDeviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

/** Glorot & Bengio 2010: uniform, scaled so that the variance is the same from layer to layer. */
export const glorot: Initializer = (shape, random) => {
  const around = sizeOf(shape.slice(0, -2)); // steps of a convolution's window
  const [rows = 1, columns = 1] = shape.slice(-2);
  return uniform(Math.sqrt(6 / (around * (rows + columns))))(shape, random);
};

/** Orthonormal rows (Saxe 2013), as in Keras; shape [units, gates · units]. */
export const orthogonal: Initializer = (shape, random) => {
  const [rows = 1, columns = 1] = shape;
  const values = normal(1)(shape, random);
  for (let row = 0; row < rows; row++) {
    const current = values.subarray(row * columns, (row + 1) * columns);
    for (let before = 0; before < row; before++) {
      const other = values.subarray(before * columns, (before + 1) * columns);
      const projection = dot(current, other);
      for (let column = 0; column < columns; column++) current[column]! -= projection * other[column]!;
    }
    const length = Math.sqrt(dot(current, current));
    for (let column = 0; column < columns; column++) current[column]! /= length;
  }
  return values;
};

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}

/** Zeros, with ones for the forget gate, so that an untrained cell remembers its state (Jozefowicz 2015); shape [4 · units], gates i f c o. */
export const unitForget: Initializer = (shape) => {
  const [size = 0] = shape;
  return new Float32Array(size).fill(1, size / 4, size / 2);
};

/** An initializer for each kind of weight; `bias` gets the cell's own initializer. */
export type Initialization = {
  embedding: Initializer;
  kernel: Initializer;
  recurrent: Initializer;
  /** For a cell's kernel or recurrent weights that have an initializer of their own. */
  ofCell: (own: Initializer) => Initializer;
  bias: (ofCell: Initializer) => Initializer;
};

export const initializations = {
  /** Keras's defaults. */
  keras: () => ({
    embedding: uniform(0.05),
    kernel: glorot,
    recurrent: orthogonal,
    ofCell: (own) => own,
    bias: (ofCell) => ofCell,
  }),
  /** The same, with PyTorch's embedding: a standard deviation of 1. */
  wide: () => ({
    embedding: normal(1),
    kernel: glorot,
    recurrent: orthogonal,
    ofCell: (own) => own,
    bias: (ofCell) => ofCell,
  }),
  /** Every matrix uniform in ± the range, biases zero (Zaremba 2014). */
  uniform: (range) => ({
    embedding: uniform(range),
    kernel: uniform(range),
    recurrent: uniform(range),
    ofCell: () => uniform(range),
    bias: () => zeros,
  }),
} satisfies Record<InitializationName, (range: number) => Initialization>;
