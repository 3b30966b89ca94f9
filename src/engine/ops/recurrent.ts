/** @file A recurrent layer over a whole sequence, in one direction or both, each row with its own length. */
import {
  concat,
  engine,
  expandDims,
  type GradConfig,
  greater,
  range,
  stack,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  unstack,
  where,
  zeros,
  zerosLike,
} from "../tfjs.js";
import { type Cell, type Direction, type RecurrentResult, type State, unitsOf } from "./cell.js";
import { embedding, type Lookup } from "./embedding.js";
import { backendExtension, runKernel, SavedForBackward } from "./dispatch.js";
import { type Layout, type RecurrentAttributes, resultsOf } from "./recurrentTensors.js";
import { isScanned, scanLayer } from "./gatedScan.js";
import { scan } from "./scan.js";

/**
 * If the batch has at least this number of positions per token of the vocabulary, the kernel reads the embedding table and the tokens: it multiplies each row of
 * the table by the input weights once, [vocabulary, gates · units], and looks up the results, which is faster.
 */
export const minPositionsPerToken = 2;

/** training: whether to save what the backward pass needs; by default, whether TF.js is recording a gradient. */
export type RecurrentOptions = { training?: boolean };

/**
 * Runs a cell over a sequence. The second direction, if there is one, reads each row from its own last step to its first.
 * @param input a sequence [time, batch, inputs], or an embedding lookup that gives one
 * @param lengths [batch], int32, each 0…time; null if each row has all of `time`. Steps past a row's length are never read.
 * @param directions one or two, of the same units
 */
export function recurrent(
  cell: Cell,
  input: Tensor3D | Lookup,
  lengths: Tensor1D | null,
  directions: Direction[],
  { training = engine().isTapeOn() }: RecurrentOptions = {},
): RecurrentResult {
  if (isScanned(cell)) return scanned(cell, input, lengths, directions, training);
  if (!isFused(cell, directions)) return recurrentReference(cell, input, lengths, directions);
  const { outputs, last } = recurrentFused(cell, ...fusedInput(input), lengths, directions, { training, steps: true });
  return { outputs: outputs!, last };
}

/** The last states of `recurrent`, for each direction; faster, since no outputs are returned. */
export function recurrentLastStates(
  cell: Cell,
  input: Tensor3D | Lookup,
  lengths: Tensor1D | null,
  directions: Direction[],
  { training = engine().isTapeOn() }: RecurrentOptions = {},
): State[] {
  if (isScanned(cell)) return scanned(cell, input, lengths, directions, training).last;
  if (!isFused(cell, directions)) return recurrentReference(cell, input, lengths, directions).last;
  return recurrentFused(cell, ...fusedInput(input), lengths, directions, { training, steps: false }).last;
}

/** Whether the active backend's kernels compute this: they know the cell, and masks if there are any. */
function isFused({ name }: Cell, directions: Direction[]): boolean {
  const { fusedCells, fusesMasks = false } = backendExtension();
  return fusedCells?.has(name) === true && (fusesMasks || directions.every(({ weights }) => !weights.mask));
}

/**
 * As `recurrent`, on the active backend's kernels.
 * @param sequence [time, batch, inputs]; with tokens, the embedding table [vocabulary, inputs]
 * @param tokens [time, batch], int32, or null
 */
function recurrentFused(
  cell: Cell,
  sequence: Tensor2D | Tensor3D,
  tokens: Tensor2D | null,
  lengths: Tensor1D | null,
  directions: Direction[],
  { training, steps }: { training: boolean; steps: boolean },
): { outputs: Tensor3D | null; last: State[] } {
  const inputs = [
    sequence,
    ...directions.flatMap(({ weights, initial }) => [
      weights.kernel,
      weights.recurrent,
      weights.bias,
      ...(initial ?? []),
    ]),
  ];
  const layout: Layout = { cell, initial: directions.map(({ initial }) => initial !== undefined), steps };
  const masks = directions.map(({ weights }) => weights.mask ?? null);
  const saved = new SavedForBackward<unknown>(training);
  const attributes: RecurrentAttributes<unknown> = { layout, saved, lengths, tokens, masks };
  const results = runKernel("Recurrent", inputs, attributes) as Tensor[];
  const [outputs, last] = resultsOf(results, layout);
  return {
    outputs: outputs as Tensor3D | null,
    last: directions.map((_, index) => last.slice(index * cell.states, (index + 1) * cell.states) as State),
  };
}

/** The kernel's input: the table and the tokens, or the sequence. */
const fusedInput = (input: Tensor3D | Lookup): [sequence: Tensor2D | Tensor3D, tokens: Tensor2D | null] =>
  "table" in input && minPositionsPerToken * input.table.shape[0] <= input.tokens.size
    ? [input.table, input.tokens]
    : [sequenceOf(input), null];

/** As `recurrent`, for an element-wise cell on the active backend's kernels. */
const scanned = (
  cell: Cell,
  input: Tensor3D | Lookup,
  lengths: Tensor1D | null,
  directions: Direction[],
  training: boolean,
): RecurrentResult => {
  const [, tokens] = fusedInput(input);
  return scanLayer(cell, () => sequenceOf(input), tokens && (input as Lookup), lengths, directions, training);
};

/** The sequence [time, batch, inputs], looked up if it is a lookup. */
export const sequenceOf = (input: Tensor3D | Lookup): Tensor3D =>
  "table" in input ? embedding(input.table, input.tokens) : input;

/** `recurrent` from a cell's equations and plain TF.js ops: the reference of every fused kernel. */
export function recurrentReference(
  cell: Cell,
  input: Tensor3D | Lookup,
  lengths: Tensor1D | null,
  directions: Direction[],
): RecurrentResult {
  const sequence = sequenceOf(input);
  const results = directions.map((direction, index) =>
    directionReference(cell, sequence, lengths, direction, index === 1),
  );
  return {
    outputs: concat(
      results.map(({ outputs }) => outputs),
      2,
    ),
    last: results.map(({ last }) => last),
  };
}

/** One direction, step by step: past its length a row keeps its state. */
function directionReference(
  cell: Cell,
  sequence: Tensor3D,
  lengths: Tensor1D | null,
  { weights, initial: given }: Direction,
  backwards: boolean,
): { outputs: Tensor3D; last: State } {
  const [time, batch] = sequence.shape;
  const units = unitsOf(cell, weights);
  const initial = given ?? (Array.from({ length: cell.states }, () => zeros([batch, units])) as State);
  if (time === 0) return { outputs: zeros([0, batch, units]), last: initial };

  const mask =
    lengths && expandDims<Tensor3D>(greater(expandDims(lengths, 0), expandDims(range(0, time, 1, "int32"), 1)), 2); // [time, batch, 1]
  const present = mask && (unstack(mask) as Tensor2D[]); // time × [batch, 1]
  const inputs = unstack(mask ? where(mask, sequence, zerosLike(sequence)) : sequence) as Tensor2D[]; // time × [batch, inputs]
  const steps = inputs.map((input, t) => ({ input, reads: present?.[t] }));

  const states = scan<State, (typeof steps)[number]>(
    (state, { input, reads }) => {
      const next = cell.step(input, state, weights);
      return reads === undefined ? next : (next.map((tensor, index) => where(reads, tensor, state[index]!)) as State);
    },
    initial,
    backwards ? steps.toReversed() : steps,
  );
  const outputs = states.map(([output]) => output);
  const inTime = stack(backwards ? outputs.toReversed() : outputs) as Tensor3D; // [time, batch, units]
  return { outputs: mask ? where(mask, inTime, zerosLike(inTime)) : inTime, last: states.at(-1)! };
}

export const recurrentGradient: GradConfig = {
  kernelName: "Recurrent",
  saveAllInputs: true,
  outputsToSave: [true],
  gradFunc: (gradients, saved, attributes) => {
    const all: Tensor[] = Array.isArray(gradients) ? gradients : [gradients]; // TF.js passes a single gradient without a list
    const results = runKernel("RecurrentGradient", [...saved, ...all], attributes) as Tensor[];
    return Object.fromEntries(results.map((result, index) => [index, () => result]));
  },
};
