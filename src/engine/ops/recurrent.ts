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

/**
 * How many times as many places as tokens there must be for a lookup in table · kernel, [vocabulary, gates · units], to be faster than a product of
 * each place's input.
 */
const placesPerToken = 2;

/**
 * The second direction, if there is one, reads each row from its own last input to its first.
 * @param input a sequence [time, batch, inputs], or what stands for one: tokens and the table of which each is a row
 * @param lengths [batch], int32, each 0…time; null where each row has all of `time`. What lies past a row's length is never read.
 * @param directions one or two, of the same units
 * @param options.training whether to keep what a gradient needs; by default, whether one is being recorded
 */
export function recurrent(
  cell: Cell,
  input: Tensor3D | Lookup,
  lengths: Tensor1D | null,
  directions: Direction[],
  { training = engine().isTapeOn() }: { training?: boolean } = {},
): RecurrentResult {
  if (!isFused(cell)) return recurrentReference(cell, input, lengths, directions);
  return "table" in input && placesPerToken * input.table.shape[0] <= input.tokens.size
    ? recurrentFused(cell, input.table, input.tokens, lengths, directions, training)
    : recurrentFused(cell, sequenceOf(input), null, lengths, directions, training);
}

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
