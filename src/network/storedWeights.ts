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

/** Three searches, which are compiled code; a loop over millions of values would be interpreted at first. */
const areFinite = (values: Float32Array): boolean =>
  !values.includes(NaN) && !values.includes(Infinity) && !values.includes(-Infinity);
