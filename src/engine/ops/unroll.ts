/** @file Runs a custom cell over a sequence; its output and its state may have any number of tensors. */
import { greater, reshape, stack, type Tensor, type Tensor1D, unstack, where, zerosLike } from "../tfjs.js";
import { UserError } from "../../common/errors.js";
import { scan } from "./scan.js";

/** The result of one step: outputs and the next state, each a list of tensors [batch, …]. */
export type Step = { outputs: Tensor[]; state: Tensor[] };

/** Takes an input [batch, …] and a state; returns outputs and the next state. */
export type StepCell = (input: Tensor, state: Tensor[]) => Step;

/**
 * Runs a cell over a sequence. Past its length a row keeps its state, and its outputs are zero.
 * @param sequence [time, batch, …], at least one step
 * @param initial the state before the first step, each tensor [batch, …]
 * @param lengths [batch], int32, each 0…time; null if each row has all of `time`
 * @returns outputs: each tensor [time, batch, …]; last: the state after each row's last input
 * @throws UserError for an empty sequence
 */
export function unroll(
  cell: StepCell,
  sequence: Tensor,
  initial: Tensor[],
  lengths: Tensor1D | null = null,
): { outputs: Tensor[]; last: Tensor[] } {
  const inputs = unstack(sequence); // time × [batch, …]
  if (inputs.length === 0) throw new UserError("the sequence is empty: unroll needs at least one step");
  const steps = scan<Step, Tensor>(
    ({ state }, input, time) => {
      const next = cell(input, state);
      if (lengths === null) return next;
      const active = greater(lengths, time); // [batch]
      return {
        outputs: next.outputs.map((tensor) => where(expandLike(active, tensor), tensor, zerosLike(tensor))),
        state: next.state.map((tensor, index) => where(expandLike(active, tensor), tensor, state[index]!)),
      };
    },
    { outputs: [], state: initial },
    inputs,
  );
  const outputs = steps[0]!.outputs.map((_, index) => stack(steps.map((step) => step.outputs[index]!)));
  return { outputs, last: steps.at(-1)!.state };
}

/** Reshapes [batch] to [batch, 1, …], of the rank of another tensor. */
const expandLike = (active: Tensor, { rank }: Tensor): Tensor =>
  reshape(active, [active.shape[0], ...Array<number>(rank - 1).fill(1)]);
