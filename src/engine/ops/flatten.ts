/** @file Flattening: a fixed number of a row's steps side by side. */
import {
  type GradConfig,
  pad,
  type Rank,
  reshape,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  transpose,
} from "../tfjs.js";
import { withinLengths } from "./mask.js";
import { hasKernel, runKernel, SavedForBackward } from "./dispatch.js";

/**
 * @param sequence [time, batch, width]
 * @param lengths [batch], int32; null if each row has all of `time`
 * @param steps the number of steps taken from each row; steps past its length are zeros
 * @returns [batch, steps · width]
 */
export const flatten = (sequence: Tensor3D, lengths: Tensor1D | null, steps: number): Tensor2D =>
  hasKernel("Flatten")
    ? (runKernel("Flatten", { sequence }, { lengths, steps, saved: new SavedForBackward() }) as Tensor2D)
    : flattenReference(sequence, lengths, steps);

export function flattenReference(sequence: Tensor3D, lengths: Tensor1D | null, steps: number): Tensor2D {
  const [time, batch, width] = sequence.shape;
  const padded = pad(withinLengths(sequence, lengths), [
    [0, Math.max(0, steps - time)],
    [0, 0],
    [0, 0],
  ]);
  const taken = slice(padded, [0, 0, 0], [steps, batch, width]);
  return reshape<Rank.R2>(transpose(taken, [1, 0, 2]), [batch, steps * width]);
}

export type FlattenAttributes<Buffers> = { lengths: Tensor1D | null; steps: number; saved: SavedForBackward<Buffers> };

export const flattenGradient: GradConfig = {
  kernelName: "Flatten",
  inputsToSave: ["sequence"],
  gradFunc: (gradient, [sequence], attributes) => ({
    sequence: () =>
      runKernel("FlattenGradient", { sequence: sequence!, gradient: gradient as Tensor }, attributes) as Tensor,
  }),
};
