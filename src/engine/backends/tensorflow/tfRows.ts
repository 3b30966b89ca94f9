/** @file The rows of a batch, each of which ends at its own length: what that means for sequences, last states and their gradients. */
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
  /** [time, batch] or [time, batch, width] with zeros past each row's length, whatever was there. */
  cleared: <Sequence extends Tensor>(sequence: Sequence) => Sequence;
  /** Each row of [time, batch, …] from its own last step to its first. */
  turned: <Sequence extends Tensor>(sequence: Sequence) => Sequence;
  /** Of states after each step, [time, batch, units], those after each row's last; of an empty row the initial one. */
  last: (states: Tensor3D, initial: Tensor2D) => Tensor2D;
  /** The gradient of `states` from that of `last` and one of the states themselves, zero past each row's end. */
  ofStates: (last: Tensor2D, steps: Tensor3D | null) => StateGradient;
  /** Adds the gradient of `last` to that of `initial`, where it is that. */
  ofEmpty: (initialGradient: Tensor2D, gradient: Tensor2D) => Tensor2D;
};

const zero = (dtype: "float32" | "int32" = "float32"): Tensor => tensor(0, [], dtype);
/** What the condition does not select is not read: it may be NaN. */
const select = <Values extends Tensor>(condition: Tensor, values: Values, otherwise: Tensor): Values =>
  run("SelectV2", [condition, values, otherwise]) as Values;

/** There are no steps: the state stays what it was. */
const none: Rows = {
  cleared: (sequence) => sequence,
  turned: (sequence) => sequence,
  last: (_states, initial) => clone(initial),
  ofStates: (last) => ({ steps: null, last }),
  ofEmpty: add,
};

/** Every row has every step. */
const whole = (time: number): Rows => ({
  cleared: (sequence) => sequence,
  turned: (sequence) => reverse(sequence, 0),
  last: (states) =>
    reshape<Rank.R2>(slice(states, [time - 1, 0, 0], [1, -1, -1]), states.shape.slice(1) as [number, number]),
  ofStates: (last, steps) => ({ steps, last }),
  ofEmpty: (initialGradient) => initialGradient,
});

/** @param lengths [batch], int32; null where every row has every step. The results hold on to what is made here: use them within the same tidy. */
export function rowsOf(lengths: Tensor1D | null, time: number, batch: number): Rows {
  if (time === 0) return none;
  if (lengths === null) return whole(time);
  const within = maskOf(lengths, time); // [time, batch]
  const filled = expandDims(greater(lengths, 0), 1); // [batch, 1]
  const ends = Int32Array.from(lengths.dataSync(), (length, row) => Math.max(0, length - 1) * batch + row);
  const places = tensor1d(ends, "int32"); // of each row's last step
  return {
    cleared: (sequence) =>
      sequence.rank === 2 ? select(within, sequence, zero("int32")) : select(expandDims(within, 2), sequence, zero()),
    turned: (sequence) => run("ReverseSequence", [sequence, lengths], { seq_dim: 0, batch_dim: 1 }) as typeof sequence,
    last: (states, initial) => {
      const units = states.shape[2];
      return select(filled, gather(reshape<Rank.R2>(states, [time * batch, units]), places), initial);
    },
    ofStates: (gradient, steps) => {
      const units = gradient.shape[1];
      const updates = select(filled, gradient, zero());
      const shape = tensor([time * batch, units], [2], "int32");
      const atEnds = reshape<Rank.R3>(run("ScatterNd", [expandDims(places, 1), updates, shape]), [time, batch, units]);
      return { steps: steps ? add<Tensor3D>(steps, atEnds) : atEnds, last: null };
    },
    ofEmpty: (initialGradient, gradient) => add(initialGradient, select(filled, zero(), gradient)),
  };
}
