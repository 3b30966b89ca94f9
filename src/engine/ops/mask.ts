/** @file Masks of the steps within each row's length, for the references. */
import { expandDims, greater, range, type Tensor1D, type Tensor2D, type Tensor3D, where, zerosLike } from "../tfjs.js";

/** @param lengths [batch], int32 @returns bool [time, batch] */
export const maskOf = (lengths: Tensor1D, time: number): Tensor2D =>
  greater(expandDims(lengths, 0), expandDims(range(0, time, 1, "int32"), 1));

/** The sequence [time, batch, width] with zeros past each row's length. */
export const withinLengths = (sequence: Tensor3D, lengths: Tensor1D | null): Tensor3D =>
  lengths === null ? sequence : where(expandDims(maskOf(lengths, sequence.shape[0]), 2), sequence, zerosLike(sequence));
