/** @file Weights as they are stored: values by name. */
import type { NamedArrays } from "../checkpoint/checkpoint.js";
import { UserError } from "../common/errors.js";

export type WeightValues = Map<string, { shape: number[]; values: Float32Array }>;

/** @throws UserError for an array that is not of floats, and for values that are not finite, with which every answer would be NaN */
export function weightsFrom(arrays: NamedArrays): WeightValues {
  const weights: WeightValues = new Map();
  for (const [name, { shape, values }] of arrays) {
    if (!(values instanceof Float32Array)) throw new UserError(`the array ${name} is not of 32-bit floats`);
    if (!areFinite(values)) {
      const found = values.find((value) => !Number.isFinite(value));
      throw new UserError(
        `the weights ${name} have a value that is not finite (${found}): training diverged, or the file is damaged; train again with a lower --learning-rate`,
      );
    }
    weights.set(name, { shape, values });
  }
  return weights;
}

/** A loop, since `every` calls a function for each of millions of values. */
function areFinite(values: Float32Array): boolean {
  let sum = 0; // 0 · x is NaN unless x is finite
  for (let index = 0; index < values.length; index++) sum += 0 * values[index]!;
  return sum === 0;
}
