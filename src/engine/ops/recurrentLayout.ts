/** @file How the tensors of a recurrent layer stand in one list, as TF.js hands them to a kernel and its gradient. */
import type { Tensor1D, Tensor2D } from "../tfjs.js";
import type { CellName } from "../../common/names.js";
import type { Cell } from "./cell.js";
import type { Kept } from "./registry.js";

export type FusedCell = Cell & { name: CellName };

/** The sequence, then for each direction its weights and, where given, its initial state; steps: whether outputs are asked for. */
export type Layout = { cell: FusedCell; initial: boolean[]; steps: boolean };

/** What the kernels `Recurrent` and `RecurrentGradient` are told beside that list. */
export type RecurrentAttributes<Buffers> = {
  layout: Layout;
  kept: Kept<Buffers>;
  lengths: Tensor1D | null;
  tokens: Tensor2D | null;
};

/** Results, or their gradients, as outputs and last states. */
export const resultsOf = <Item>(
  list: readonly Item[],
  { steps }: Layout,
): [outputs: Item | null, last: readonly Item[]] => (steps ? [list[0]!, list.slice(1)] : [null, list]);

export type Weights<Item> = { kernel: Item; recurrent: Item; bias: Item; initial: Item[] };

/** How many tensors a layer is given. */
export const sizeOf = ({ cell, initial }: Layout): number =>
  1 + initial.reduce((sum, given) => sum + (given ? 3 + cell.states : 3), 0);

/** Each direction's part of the list. */
export function readings<Item>(list: readonly Item[], { cell, initial }: Layout): Weights<Item>[] {
  let next = 1;
  return initial.map((given) => {
    const [kernel, recurrent, bias, ...state] = list.slice(next, (next += given ? 3 + cell.states : 3));
    return { kernel: kernel!, recurrent: recurrent!, bias: bias!, initial: state };
  });
}
