/** @file The LSTM's kernels behind the arguments that every fused cell takes. */
import type { Kernels } from "../native/signatures.js";

/** One direction of a layer: it writes the columns offset … offset + units of outputs [time, batch, stride]. */
export type ReadingShape = {
  time: number;
  batch: number;
  inputs: number;
  units: number;
  stride: number;
  offset: number;
  backwards: boolean;
};

type Buffers = {
  sequence: Float32Array; // [time, batch, inputs]
  lengths: Int32Array | null; // [batch]
  kernel: Float32Array; // [inputs, gates · units]
  recurrent: Float32Array; // [units, gates · units]
  initial: Float32Array[]; // states × [batch, units], none for zeros
  outputs: Float32Array; // [time, batch, stride]
  activations: Float32Array[]; // none where there will be no way back
};

type Forward = Buffers & { bias: Float32Array; last: Float32Array[] };

type Backward = Buffers & {
  /** Whether sequenceGradient holds the other direction's already. */
  accumulate: boolean;
  outputsGradient: Float32Array;
  lastGradient: Float32Array[];
  sequenceGradient: Float32Array;
  kernelGradient: Float32Array;
  recurrentGradient: Float32Array;
  biasGradient: Float32Array;
  initialGradient: Float32Array[];
};

export type FusedCell = {
  /** Its name in TF.js's registry. */
  kernel: string;
  states: number;
  /** The sizes of what `backward` needs of `forward`. */
  activations: (shape: ReadingShape) => number[];
  forward: (kernels: Kernels, shape: ReadingShape, buffers: Forward) => void;
  backward: (kernels: Kernels, shape: ReadingShape, buffers: Backward) => void;
};

export const lstm: FusedCell = {
  kernel: "RecurrentLstm",
  states: 2,
  activations: ({ time, batch, units }) => [time * batch * 4 * units, time * batch * units],
  forward: (kernels, shape, { initial, activations, last, ...buffers }) =>
    kernels.lstmForward({
      ...shape,
      ...buffers,
      initialHidden: initial[0] ?? null,
      initialCell: initial[1] ?? null,
      gates: activations[0] ?? null,
      cells: activations[1] ?? null,
      lastHidden: last[0]!,
      lastCell: last[1]!,
    }),
  backward: (kernels, shape, { initial, activations, lastGradient, initialGradient, ...buffers }) =>
    kernels.lstmBackward({
      ...shape,
      ...buffers,
      initialHidden: initial[0] ?? null,
      initialCell: initial[1] ?? null,
      gates: activations[0]!,
      cells: activations[1]!,
      lastHiddenGradient: lastGradient[0]!,
      lastCellGradient: lastGradient[1]!,
      initialHiddenGradient: initialGradient[0] ?? null,
      initialCellGradient: initialGradient[1] ?? null,
    }),
};
