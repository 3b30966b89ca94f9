/** @file Arrays of an imported file, and the operations that convert them to the layout of `rnn`: transpose, reorder gates and rows. */

/** In row-major order; the product of the shape is the number of values. */
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
 * Cuts the first axis into equal blocks and reorders them.
 * @param order for each new block the index of the old one
 */
export function inBlocks({ shape, values }: Values, order: readonly number[]): Values {
  const size = values.length / order.length;
  const arranged = new Float32Array(values.length);
  for (const [index, block] of order.entries())
    arranged.set(values.subarray(block * size, (block + 1) * size), index * size);
  return { shape, values: arranged };
}

/**
 * Reorders the rows of a table.
 * @param order for each new row the index of the old one; -1 for a row that the table does not have
 * @param absent the value of such a row
 */
export function inRows({ shape, values }: Values, order: Int32Array, absent: number): Values {
  const [rows, ...rest] = shape as [number, ...number[]];
  const size = values.length / rows;
  const arranged = new Float32Array(order.length * size).fill(absent);
  for (const [index, row] of order.entries()) {
    if (row >= 0) arranged.set(values.subarray(row * size, (row + 1) * size), index * size);
  }
  return { shape: [order.length, ...rest], values: arranged };
}

/** The sum of two arrays of one shape; adding zero leaves a value as it is to the bit, also a negative zero. */
export const sumOf = (left: Values, right: Values): Values => ({
  shape: left.shape,
  values: left.values.map((value, index) => (right.values[index] === 0 ? value : value + right.values[index]!)),
});

/** Two vectors [n] as the rows of a matrix [2, n]. */
export function rowsOf(first: Values, second: Values): Values {
  const both = new Float32Array(2 * first.values.length);
  both.set(first.values);
  both.set(second.values, first.values.length);
  return { shape: [2, first.values.length], values: both };
}

/** Whether two arrays are equal; 0 and -0 are equal. */
export const areSame = (left: Values, right: Values): boolean =>
  left.shape.join() === right.shape.join() && left.values.every((value, index) => value === right.values[index]);
