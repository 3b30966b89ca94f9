/** @file Weights of another program's file, and how they are turned into our layout: gates in another order, rows for columns. */

/** The product of the shape is the number of values; the last axis runs fastest. */
export type Values = { shape: number[]; values: Float32Array };

export const shapeText = ({ shape }: { shape: readonly number[] }): string => `[${shape.join(", ")}]`;

export const zerosOf = (...shape: number[]): Values => ({
  shape,
  values: new Float32Array(shape.reduce((product, length) => product * length, 1)),
});

/** [rows, columns] → [columns, rows] */
export function transposed({ shape, values }: Values): Values {
  const [rows, columns] = shape as [number, number];
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = values[row * columns + column]!;
    }
  }
  return { shape: [columns, rows], values: turned };
}

/**
 * The first axis cut into equal blocks, and these in another order.
 * @param order of each new block, which old one it is
 */
export function inBlocks({ shape, values }: Values, order: readonly number[]): Values {
  const size = values.length / order.length;
  const arranged = new Float32Array(values.length);
  for (const [place, block] of order.entries())
    arranged.set(values.subarray(block * size, (block + 1) * size), place * size);
  return { shape, values: arranged };
}

/**
 * The rows of a table in another order.
 * @param order of each new row, which old one it is; -1 for a row that is nowhere
 * @param absent what a row that is nowhere is filled with
 */
export function inRows({ shape, values }: Values, order: Int32Array, absent: number): Values {
  const [rows, ...rest] = shape as [number, ...number[]];
  const size = values.length / rows;
  const arranged = new Float32Array(order.length * size).fill(absent);
  for (const [place, row] of order.entries()) {
    if (row >= 0) arranged.set(values.subarray(row * size, (row + 1) * size), place * size);
  }
  return { shape: [order.length, ...rest], values: arranged };
}

/** Sums of two of one shape; what nothing is added to stays as it is to the bit, a negative zero too. */
export const sumOf = (left: Values, right: Values): Values => ({
  shape: left.shape,
  values: left.values.map((value, index) => (right.values[index] === 0 ? value : value + right.values[index]!)),
});

/** Two vectors as the rows of a matrix. */
export function rowsOf(first: Values, second: Values): Values {
  const both = new Float32Array(2 * first.values.length);
  both.set(first.values);
  both.set(second.values, first.values.length);
  return { shape: [2, first.values.length], values: both };
}

/** Whether two are the same to the bit, zeros of either sign apart. */
export const areSame = (left: Values, right: Values): boolean =>
  left.shape.join() === right.shape.join() && left.values.every((value, index) => value === right.values[index]);
