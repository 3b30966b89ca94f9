/** @file Weights as they are stored: values by name. */
import type { NamedArrays } from "../checkpoint/checkpoint.js";
import { UserError } from "../common/errors.js";

export type WeightValues = Map<string, { shape: number[]; values: Float32Array }>;

/** @throws UserError for an array that is not of floats */
export function weightsFrom(arrays: NamedArrays): WeightValues {
  const weights: WeightValues = new Map();
  for (const [name, { shape, values }] of arrays) {
    if (!(values instanceof Float32Array)) throw new UserError(`the array ${name} is not of 32-bit floats`);
    weights.set(name, { shape, values });
  }
  return weights;
}
