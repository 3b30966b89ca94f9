/** @file Runs a cell of one's own over a sequence: any number of tensors as its output and as its state. */
import { greater, reshape, stack, type Tensor, type Tensor1D, unstack, where, zerosLike } from "../tfjs.js";
import { UserError } from "../../common/errors.js";
import { scan } from "./scan.js";

/** What a cell makes of one step: outputs and the next state, each a list of tensors [batch, …]. */
export type Step = { outputs: Tensor[]; state: Tensor[] };

/** An input [batch, …] and a state in, outputs and the next state out. */
export type StepCell = (input: Tensor, state: Tensor[]) => Step;

/**
 * A row takes a step while it has inputs left and keeps its state from then on; its outputs past its end are zero.
 * @param sequence [time, batch, …], at least one step
 * @param initial the state before the first step, each tensor [batch, …]
 * @param lengths [batch], int32, each 0…time; null where each row has all of `time`
 * @returns outputs: each tensor [time, batch, …]; last: the state after each row's last input
 * @throws UserError for a sequence without steps
 */
export function unroll(
  cell: StepCell,
  sequence: Tensor,
  initial: Tensor[],
  lengths: Tensor1D | null = null,
): { outputs: Tensor[]; last: Tensor[] } {
  const inputs = unstack(sequence); // time × [batch, …]
  if (inputs.length === 0) throw new UserError("a sequence of no steps has no outputs: give one step or more");
  const steps = scan<Step, Tensor>(
    ({ state }, input, time) => {
      const next = cell(input, state);
      if (lengths === null) return next;
      const reads = greater(lengths, time); // [batch]
      return {
        outputs: next.outputs.map((tensor) => where(besides(reads, tensor), tensor, zerosLike(tensor))),
        state: next.state.map((tensor, index) => where(besides(reads, tensor), tensor, state[index]!)),
      };
    },
    { outputs: [], state: initial },
    inputs,
  );
  const outputs = steps[0]!.outputs.map((_, index) => stack(steps.map((step) => step.outputs[index]!)));
  return { outputs, last: steps.at(-1)!.state };
}

/** [batch] as [batch, 1, …], to stand beside a tensor of more dimensions. */
const besides = (reads: Tensor, { rank }: Tensor): Tensor =>
  reshape(reads, [reads.shape[0], ...Array<number>(rank - 1).fill(1)]);
