/**
 * @file A layer of an element-wise cell on the active backend's kernels: one matmul of the whole sequence, then a scan over time of each unit by itself.
 * Its reference is the cell's equations, `recurrentReference`.
 */
import {
  concat,
  expandDims,
  type GradConfig,
  greater,
  matMul,
  type Rank,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  where,
  zerosLike,
} from "../tfjs.js";
import { type Cell, type Direction, type RecurrentResult, type State, unitsOf } from "./cell.js";
import { hasKernel, runKernel, SavedForBackward } from "./dispatch.js";
import { embedding, type Lookup } from "./embedding.js";
import { withinLengths } from "./mask.js";
import { rmsNorm } from "./rmsNorm.js";

/** The cells that the kernels know, in the order of their numbers there. */
export const scannedCells: readonly string[] = ["sru", "hgrn", "mingru"];

/** Whether the active backend's kernels compute this cell. */
export const isScanned = ({ name, elementwise }: Cell): boolean =>
  elementwise !== undefined && scannedCells.includes(name) && hasKernel("GatedScan");

/** The tensors of the kernels `GatedScan` and `GatedScanGradient`, in one list; those that a layer lacks are left out of it. */
export type ScanTensors<Item> = {
  sums: Item;
  bias: Item;
  vectors: Item | null;
  /** SRU's input, if it is not projected. */
  input: Item | null;
  /** The memory before the first step. */
  initial: Item | null;
};

/** given: whether the list has vectors, an input and an initial memory. */
export type ScanLayout = {
  kind: number;
  units: number;
  backwards: boolean;
  lowerBound: number;
  given: { vectors: boolean; input: boolean; initial: boolean };
};

export type ScanAttributes<Buffers> = {
  layout: ScanLayout;
  lengths: Tensor1D | null;
  saved: SavedForBackward<Buffers>;
};

/** The list by its names, and what follows it. */
export function scanTensors<Item>(list: readonly Item[], { given }: ScanLayout): [ScanTensors<Item>, rest: Item[]] {
  const [sums, bias, ...others] = list;
  const next = (present: boolean): Item | null => (present ? others.shift()! : null);
  const [vectors, input, initial] = [next(given.vectors), next(given.input), next(given.initial)];
  return [{ sums: sums!, bias: bias!, vectors, input, initial }, others];
}

/**
 * As `recurrent`, for a cell that `isScanned`.
 * @param lookup the table and the tokens, if the rows of the table are to be multiplied before they are looked up
 */
export function scanLayer(
  cell: Cell,
  sequence: () => Tensor3D,
  lookup: Lookup | null,
  lengths: Tensor1D | null,
  directions: Direction[],
  training: boolean,
): RecurrentResult {
  let read: Tensor3D | null = null;
  const within = (): Tensor3D => (read ??= withinLengths(sequence(), lengths));
  const results = directions.map(({ weights, initial }, index) => {
    const { kernel, recurrent: vectors, bias, lowerBound = 0 } = weights;
    const units = unitsOf(cell, weights);
    const product = (): Tensor3D => {
      const [time, batch, inputs] = within().shape;
      return reshape<Rank.R3>(matMul(reshape<Rank.R2>(within(), [time * batch, inputs]), kernel), [
        time,
        batch,
        kernel.shape[1],
      ]);
    };
    const sums = lookup ? embedding(matMul(lookup.table, kernel), lookup.tokens) : product();
    const readsInput = cell.name === "sru" && kernel.shape[1] === 3 * units;
    const memory = initial?.at(-1);
    const given = { vectors: vectors.shape[0] > 0, input: readsInput, initial: memory !== undefined };
    const layout: ScanLayout = {
      kind: scannedCells.indexOf(cell.name),
      units,
      backwards: index === 1,
      lowerBound,
      given,
    };
    const list = [
      sums,
      bias,
      ...(given.vectors ? [vectors] : []),
      ...(readsInput ? [within()] : []),
      ...(memory ? [memory] : []),
    ];
    const attributes: ScanAttributes<unknown> = { layout, lengths, saved: new SavedForBackward(training) };
    const [outputs, lastOutput, lastMemory] = runKernel("GatedScan", list, attributes) as [
      Tensor3D,
      Tensor2D,
      Tensor2D,
    ];
    if (cell.states === 1) return { outputs, last: [lastMemory] as State };
    const [normed, hidden] = cell.name === "hgrn" ? [rmsNorm(outputs), rmsNorm(lastOutput)] : [outputs, lastOutput];
    const before = initial?.[0] ?? zerosLike(hidden);
    const last = lengths ? where(greater(expandDims<Tensor2D>(lengths, 1), 0), hidden, before) : hidden;
    return { outputs: normed, last: [last, lastMemory] as State };
  });
  return {
    outputs:
      results.length === 1
        ? results[0]!.outputs
        : concat(
            results.map(({ outputs }) => outputs),
            2,
          ),
    last: results.map(({ last }) => last),
  };
}

export const gatedScanGradient: GradConfig = {
  kernelName: "GatedScan",
  saveAllInputs: true,
  gradFunc: (gradients, saved, attributes) => {
    const results = runKernel("GatedScanGradient", [...saved, ...(gradients as Tensor[])], attributes) as Tensor[];
    return Object.fromEntries(results.map((result, index) => [index, () => result]));
  },
};
