/** @file The order of a recurrent layer's tensors in the one list that TF.js passes to a kernel and its gradient. */
import type { Tensor1D, Tensor2D } from "../tfjs.js";
import type { Cell } from "./cell.js";
import type { SavedForBackward } from "./dispatch.js";

/** The list: the sequence, then for each direction its weights and, if given, its initial state. steps: whether to return the outputs at every step. */
export type Layout = { cell: Cell; initial: boolean[]; steps: boolean };

/** Attributes of the kernels `Recurrent` and `RecurrentGradient`. masks: of each direction's hidden state, without a gradient. */
export type RecurrentAttributes<Buffers> = {
  layout: Layout;
  saved: SavedForBackward<Buffers>;
  lengths: Tensor1D | null;
  tokens: Tensor2D | null;
  masks: (Tensor2D | null)[];
};

/** Splits results, or their gradients, into outputs and last states. */
export const resultsOf = <Item>(
  list: readonly Item[],
  { steps }: Layout,
): [outputs: Item | null, last: readonly Item[]] => (steps ? [list[0]!, list.slice(1)] : [null, list]);

export type DirectionTensors<Item> = { kernel: Item; recurrent: Item; bias: Item; initial: Item[] };

/** The length of the list. */
export const inputCount = ({ cell, initial }: Layout): number =>
  1 + initial.reduce((sum, given) => sum + (given ? 3 + cell.states : 3), 0);

/** Each direction's part of the list. */
export function directionTensors<Item>(list: readonly Item[], { cell, initial }: Layout): DirectionTensors<Item>[] {
  let next = 1;
  return initial.map((given) => {
    const [kernel, recurrent, bias, ...state] = list.slice(next, (next += given ? 3 + cell.states : 3));
    return { kernel: kernel!, recurrent: recurrent!, bias: bias!, initial: state };
  });
}
