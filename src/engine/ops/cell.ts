/** @file What a recurrent cell is: its equations, what it carries, and how a layer reads a sequence with it. */
import type { Tensor, Tensor2D, Tensor3D } from "../tfjs.js";

/** What a cell carries from step to step; the output comes first. Each [batch, units]. */
export type State = [output: Tensor2D, ...rest: Tensor2D[]];

/**
 * Weights in Keras's layout, gates side by side: kernel [inputs, gates · units], recurrent [units, gates · units], bias [gates · units],
 * or [2, gates · units] where the input's product and the recurrent one have a bias each.
 */
export type CellWeights = {
  kernel: Tensor2D;
  recurrent: Tensor2D;
  bias: Tensor;
  /** What the recurrent product reads of the state's output is multiplied by this: [batch, units]. */
  mask?: Tensor2D;
};

/** Is told an equation, the name of what it gives, and the value [batch, units]; hands the value on. */
export type Tell = (name: string, equation: string, value: Tensor2D) => Tensor2D;

/** A cell is its equations; `name` says which fused cell, if the backend has it, computes the same. */
export type Cell = {
  name: string;
  gates: number;
  states: number;
  biases: 1 | 2;
  /** @param tell learns of every equation as it is computed */
  step: (input: Tensor2D, state: State, weights: CellWeights, tell?: Tell) => State;
};

/** One reading of the sequence: its weights, and the state it starts from (zeros where absent). */
export type Direction = { weights: CellWeights; initial?: State };

/** outputs [time, batch, directions · units], zero past a row's length; last: for each direction, the state after each row's last input. */
export type RecurrentResult = { outputs: Tensor3D; last: State[] };
