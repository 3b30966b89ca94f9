/** @file The type of a recurrent cell: its equations, its state, and its weights. */
import type { Tensor, Tensor2D, Tensor3D } from "../tfjs.js";

/** The tensors that a cell carries from step to step; the hidden state, which is its output, comes first. Each [batch, units]. */
export type State = [output: Tensor2D, ...rest: Tensor2D[]];

/**
 * Weights in Keras's layout, gates side by side: kernel [inputs, gates · units], recurrent [units, gates · units], bias [gates · units],
 * or [2, gates · units] if the input and the recurrent matmul each have a bias. Those of an element-wise cell have the shapes that it declares.
 */
export type CellWeights = {
  kernel: Tensor2D;
  recurrent: Tensor2D;
  bias: Tensor;
  /** Dropout of the hidden state: the recurrent matmul reads hidden state · mask, a constant. [batch, units] */
  mask?: Tensor2D;
  /** The lower bound of the forget gate, 0 … 1, for a cell that has one. Default: 0. */
  lowerBound?: number;
};

/** recurrent: [vectors, units] for an element-wise cell, with 0 vectors if it has none; such weights are not stored. */
export type WeightShapes = { kernel: number[]; recurrent: number[]; bias: number[] };

/** Receives each equation of a step: the name and the equation of a value, and the value [batch, units], which it returns. */
export type Trace = (name: string, equation: string, value: Tensor2D) => Tensor2D;

/** A recurrent cell. A backend that has a fused kernel for a cell finds it by `name`. */
export type Cell = {
  name: string;
  /** The number of gates: matrices [·, units] side by side in each kernel. */
  gates: number;
  /** The number of tensors in its state. */
  states: number;
  biases: 1 | 2;
  /**
   * The shapes of the weights, for an element-wise cell: its gates read the input alone, and its state is multiplied by vectors or by nothing, instead of a matrix.
   * So the matmul of a whole sequence is one.
   */
  elementwise?: (inputs: number, units: number) => WeightShapes;
  /** Whether a step reads the hidden state of the step before, or only the tensors after it. Default: true. */
  readsHidden?: boolean;
  /** Whether it reads `lowerBound`. Default: false. */
  bounded?: boolean;
  /** @param trace receives every equation as it is computed */
  step: (input: Tensor2D, state: State, weights: CellWeights, trace?: Trace) => State;
};

/** The shapes of a cell's weights. */
export function weightShapes({ elementwise, gates, biases }: Cell, inputs: number, units: number): WeightShapes {
  if (elementwise) return elementwise(inputs, units);
  const columns = gates * units;
  return {
    kernel: [inputs, columns],
    recurrent: [units, columns],
    bias: biases === 1 ? [columns] : [biases, columns],
  };
}

export const unitsOf = ({ elementwise }: Cell, { recurrent }: CellWeights): number =>
  recurrent.shape[elementwise ? 1 : 0];

/** One direction of a layer: its weights, and its initial state (default: zeros). */
export type Direction = { weights: CellWeights; initial?: State };

/** outputs [time, batch, directions · units], zero past a row's length; last: for each direction, the state after each row's last input. */
export type RecurrentResult = { outputs: Tensor3D; last: State[] };
