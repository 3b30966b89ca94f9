/** @file First values of weights: pure functions of a shape and a source of chance. */
import type { InitialisationName } from "../common/names.js";
import type { Random } from "../common/random.js";

export type Initialiser = (shape: readonly number[], random: Random) => Float32Array<ArrayBuffer>;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const fill = (shape: readonly number[], draw: () => number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: sizeOf(shape) }, draw);

export const zeros: Initialiser = (shape) => new Float32Array(sizeOf(shape));

export const ones: Initialiser = (shape) => new Float32Array(sizeOf(shape)).fill(1);

export const uniform =
  (range: number): Initialiser =>
  (shape, random) =>
    fill(shape, () => (2 * random() - 1) * range);

/** Box & Muller 1958. */
export const normal =
  (deviation: number): Initialiser =>
  (shape, random) =>
    fill(shape, () => deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

/** Glorot & Bengio 2010: uniform, scaled so that the variance stays from layer to layer. */
export const glorot: Initialiser = (shape, random) => {
  const around = sizeOf(shape.slice(0, -2)); // steps of a convolution's kernel
  const [rows = 1, columns = 1] = shape.slice(-2);
  return uniform(Math.sqrt(6 / (around * (rows + columns))))(shape, random);
};

/** Rows orthogonal to each other and of length one (Saxe 2013), as Keras's; shape [units, gates · units]. */
export const orthogonal: Initialiser = (shape, random) => {
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

/** Zeros, and ones for the forget gate, so that a cell remembers from the first step (Jozefowicz 2015); shape [4 · units], gates i f c o. */
export const unitForget: Initialiser = (shape) => {
  const [size = 0] = shape;
  return new Float32Array(size).fill(1, size / 4, size / 2);
};

/** One way to begin, for every kind of weight; `bias` may keep what the cell itself prefers. */
export type Initialisation = {
  embedding: Initialiser;
  kernel: Initialiser;
  recurrent: Initialiser;
  bias: (preferred: Initialiser) => Initialiser;
};

export const initialisations = {
  /** Keras's defaults. */
  keras: () => ({ embedding: uniform(0.05), kernel: glorot, recurrent: orthogonal, bias: (preferred) => preferred }),
  /** The same under PyTorch's embedding, wide from the start. */
  wide: () => ({ embedding: normal(1), kernel: glorot, recurrent: orthogonal, bias: (preferred) => preferred }),
  /** Every matrix uniform in ± the range, biases zero (Zaremba 2014). */
  uniform: (range) => ({
    embedding: uniform(range),
    kernel: uniform(range),
    recurrent: uniform(range),
    bias: () => zeros,
  }),
} satisfies Record<InitialisationName, (range: number) => Initialisation>;
