/** @file A whole recurrent layer over a whole sequence, one direction or both, each row with a length of its own. */
import {
  concat,
  engine,
  expandDims,
  greater,
  range,
  stack,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  unstack,
  where,
  zeros,
  zerosLike,
} from "../tfjs.js";
import type { Cell, Direction, RecurrentResult, State } from "./cell.js";
import { embedding, type Lookup } from "./embedding.js";
import { isFused, recurrentFused } from "./recurrentFused.js";
import { scan } from "./scan.js";

/** Where tokens come up at least so often, each is multiplied by the kernel once, [vocabulary, gates · units], and looked up: that is faster. */
const placesPerToken = 2;

/** training: whether to keep what a gradient needs; by default, whether one is being recorded. */
export type RecurrentOptions = { training?: boolean };

/**
 * The second direction, if there is one, reads each row from its own last input to its first.
 * @param input a sequence [time, batch, inputs], or what stands for one: tokens and the table of which each is a row
 * @param lengths [batch], int32, each 0…time; null where each row has all of `time`. What lies past a row's length is never read.
 * @param directions one or two, of the same units
 */
export function recurrent(
  cell: Cell,
  input: Tensor3D | Lookup,
  lengths: Tensor1D | null,
  directions: Direction[],
  { training = engine().isTapeOn() }: RecurrentOptions = {},
): RecurrentResult {
  if (!isFused(cell) || isMasked(directions)) return recurrentReference(cell, input, lengths, directions);
  const { outputs, last } = recurrentFused(cell, ...reading(input), lengths, directions, { training, steps: true });
  return { outputs: outputs!, last };
}

/** As `recurrent`, where nobody reads the outputs at every step: the last states alone, faster. */
export function recurrentEnds(
  cell: Cell,
  input: Tensor3D | Lookup,
  lengths: Tensor1D | null,
  directions: Direction[],
  { training = engine().isTapeOn() }: RecurrentOptions = {},
): State[] {
  if (!isFused(cell) || isMasked(directions)) return recurrentReference(cell, input, lengths, directions).last;
  return recurrentFused(cell, ...reading(input), lengths, directions, { training, steps: false }).last;
}

/** No kernel reads a mask. */
const isMasked = (directions: Direction[]): boolean => directions.some(({ weights }) => weights.mask !== undefined);

/** What the kernel reads: the table and the tokens, or the sequence itself. */
const reading = (input: Tensor3D | Lookup): [sequence: Tensor2D | Tensor3D, tokens: Tensor2D | null] =>
  "table" in input && placesPerToken * input.table.shape[0] <= input.tokens.size
    ? [input.table, input.tokens]
    : [sequenceOf(input), null];

/** The sequence itself, [time, batch, inputs]. */
export const sequenceOf = (input: Tensor3D | Lookup): Tensor3D =>
  "table" in input ? embedding(input.table, input.tokens) : input;

/** The same from a cell's equations and plain TF.js ops. */
export function recurrentReference(
  cell: Cell,
  input: Tensor3D | Lookup,
  lengths: Tensor1D | null,
  directions: Direction[],
): RecurrentResult {
  const sequence = sequenceOf(input);
  const readings = directions.map((direction, index) => readReference(cell, sequence, lengths, direction, index === 1));
  return {
    outputs: concat(
      readings.map(({ outputs }) => outputs),
      2,
    ),
    last: readings.map(({ last }) => last),
  };
}

/** One direction as the textbook's loop: a row takes a step while it has inputs left and keeps its state elsewhere. */
function readReference(
  cell: Cell,
  sequence: Tensor3D,
  lengths: Tensor1D | null,
  { weights, initial: given }: Direction,
  backwards: boolean,
): { outputs: Tensor3D; last: State } {
  const [time, batch] = sequence.shape;
  const units = weights.recurrent.shape[0];
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
