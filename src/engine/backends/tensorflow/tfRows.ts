/** @file Rows of different lengths in a batch: masking and reversing sequences, last states, and their gradients. */
import {
  add,
  clone,
  expandDims,
  gather,
  greater,
  type Rank,
  reshape,
  reverse,
  slice,
  type Tensor,
  tensor,
  tensor1d,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from "../../tfjs.js";
import type { StateGradient } from "./tfLayer.js";
import { maskOf } from "../../ops/mask.js";
import { run } from "./tfRun.js";

export type Rows = {
  /** [time, batch] or [time, batch, width] with zeros past each row's length, also in place of NaN. */
  masked: <Sequence extends Tensor>(sequence: Sequence) => Sequence;
  /** Each row of [time, batch, …] from its own last step to its first. */
  reversed: <Sequence extends Tensor>(sequence: Sequence) => Sequence;
  /** Selects the state after each row's last step from the states after each step, [time, batch, units]; the initial state for an empty row. */
  last: (states: Tensor3D, initial: Tensor2D) => Tensor2D;
  /** The gradient of the states: the gradient of `last` plus the gradient of the states at each step; zero past each row's end. */
  stateGradient: (last: Tensor2D, steps: Tensor3D | null) => StateGradient;
  /** Adds the gradient of `last` to the gradient of the initial state in empty rows, where both are the same state. */
  initialGradient: (initialGradient: Tensor2D, gradient: Tensor2D) => Tensor2D;
};

const zero = (dtype: "float32" | "int32" = "float32"): Tensor => tensor(0, [], dtype);
/** Unlike a product with a mask, it does not read the values that it does not select, which may be NaN. */
const select = <Values extends Tensor>(condition: Tensor, values: Values, otherwise: Tensor): Values =>
  run("SelectV2", [condition, values, otherwise]) as Values;

/** A batch without steps: the state does not change. */
const noSteps: Rows = {
  masked: (sequence) => sequence,
  reversed: (sequence) => sequence,
  last: (_states, initial) => clone(initial),
  stateGradient: (last) => ({ steps: null, last }),
  initialGradient: add,
};

/** Every row has every step. */
const fullRows = (time: number): Rows => ({
  masked: (sequence) => sequence,
  reversed: (sequence) => reverse(sequence, 0),
  last: (states) =>
    reshape<Rank.R2>(slice(states, [time - 1, 0, 0], [1, -1, -1]), states.shape.slice(1) as [number, number]),
  stateGradient: (last, steps) => ({ steps, last }),
  initialGradient: (initialGradient) => initialGradient,
});

/** @param lengths [batch], int32; null if every row has every step. The result refers to tensors made here: use it within the same tidy. */
export function rowsOf(lengths: Tensor1D | null, time: number, batch: number): Rows {
  if (time === 0) return noSteps;
  if (lengths === null) return fullRows(time);
  const within = maskOf(lengths, time); // [time, batch]
  const notEmpty = expandDims(greater(lengths, 0), 1); // [batch, 1]
  const ends = Int32Array.from(lengths.dataSync(), (length, row) => Math.max(0, length - 1) * batch + row);
  const lastSteps = tensor1d(ends, "int32"); // indices into [time · batch]
  return {
    masked: (sequence) =>
      sequence.rank === 2 ? select(within, sequence, zero("int32")) : select(expandDims(within, 2), sequence, zero()),
    reversed: (sequence) =>
      run("ReverseSequence", [sequence, lengths], { seq_dim: 0, batch_dim: 1 }) as typeof sequence,
    last: (states, initial) => {
      const units = states.shape[2];
      return select(notEmpty, gather(reshape<Rank.R2>(states, [time * batch, units]), lastSteps), initial);
    },
    stateGradient: (gradient, steps) => {
      const units = gradient.shape[1];
      const updates = select(notEmpty, gradient, zero());
      const shape = tensor([time * batch, units], [2], "int32");
      const atEnds = reshape<Rank.R3>(run("ScatterNd", [expandDims(lastSteps, 1), updates, shape]), [
        time,
        batch,
        units,
      ]);
      return { steps: steps ? add<Tensor3D>(steps, atEnds) : atEnds, last: null };
    },
    initialGradient: (initialGradient, gradient) => add(initialGradient, select(notEmpty, zero(), gradient)),
  };
}
