/** @file The forward pass of a recurrent layer on buffers, for the kernels of TF.js and for a network without it. */
import type { CellName } from "../../common/names.js";
import type { Kernels } from "./kernels.js";

/** Sizes of a layer. vocabulary: rows of the embedding table that it reads by tokens, or 0. */
export type RecurrentSizes = {
  cell: CellName;
  time: number;
  batch: number;
  inputs: number;
  units: number;
  vocabulary: number;
};

/** sequence: [time, batch, inputs], or with tokens [time, batch] the table [vocabulary, inputs]. */
export type RecurrentInput = {
  sequence: Float32Array;
  tokens: Int32Array | null;
  lengths: Int32Array | null;
};

/** mask: dropout of the hidden state; saved: written for the backward pass; last: written, the state after each row's last step. */
export type ForwardDirection = {
  kernel: Float32Array;
  recurrent: Float32Array;
  bias: Float32Array;
  mask: Float32Array | null;
  initial: readonly Float32Array[];
  saved: Float32Array | null;
  last: readonly Float32Array[];
};

/** Runs a layer's directions. @param outputs [time, batch, directions · units], of which each direction writes its own columns; null if they are not wanted */
export function runForward(
  kernels: Kernels,
  sizes: RecurrentSizes,
  input: RecurrentInput,
  outputs: Float32Array | null,
  directions: readonly ForwardDirection[],
): void {
  const { units } = sizes;
  for (const [index, { initial, last, ...direction }] of directions.entries()) {
    const [initialHidden = null, initialCell = null] = initial;
    const [lastHidden, lastCell = null] = last;
    kernels.recurrentForward({
      ...sizes,
      ...input,
      ...direction,
      stride: directions.length * units,
      offset: index * units,
      backwards: index === 1,
      initialHidden,
      initialCell,
      outputs,
      lastHidden: lastHidden!,
      lastCell,
    });
  }
}
