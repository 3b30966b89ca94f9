/** @file Runs a cell step by step over rows of numbers and records the value of each equation, to show how it works. */
import type { CellWeights, State } from "../engine/ops/cell.js";
import { matMul, tensor, tensor2d, type Tensor2D, tidy } from "../engine/tfjs.js";
import { randomStream } from "../common/random.js";
import { cellNamed } from "./cells.js";
import { glorot, initializations } from "./initializers.js";
import { kindOf } from "./layers/index.js";

/** values: [units] */
export type Equation = { name: string; equation: string; values: number[] };

export type CellStep = {
  /** From 1. */
  step: number;
  /** [inputs] */
  input: number[];
  /** Before the step, the hidden state first; each [units]. */
  state: number[][];
  /** In the order in which they are computed; the new state is among them. */
  equations: Equation[];
  /** The output layer without activation, y = h' V, with as many outputs as the cell has units. */
  output: Equation;
};

/**
 * Runs a cell with the initial weights of a network of that seed, from a state of zeros, one row of numbers a step.
 * @param rows [steps][inputs], at least one row
 */
export function cellSteps(
  name: string,
  { units, seed, rows }: { units: number; seed: number; rows: readonly (readonly number[])[] },
): CellStep[] {
  const weights = initialWeights(name, rows[0]!.length, units, seed);
  const outputKernel = glorot([units, units], randomStream(seed, "weights", "output"));
  const cell = cellNamed(name);
  let state = Array.from({ length: cell.states }, () => Array<number>(units).fill(0));
  return rows.map((input, index) => {
    const before = state;
    const equations: Equation[] = [];
    let output: number[] = [];
    tidy(() => {
      const tensors = {
        recurrent: tensor2d([], [0, units]),
        ...Object.fromEntries(Object.entries(weights).map(([key, { values, shape }]) => [key, tensor(values, shape)])),
      } as CellWeights;
      const carried = before.map((values) => tensor2d(values, [1, units])) as State; // [1, units] each
      const next = cell.step(tensor2d([...input], [1, input.length]), carried, tensors, (label, equation, value) => {
        equations.push({ name: label, equation, values: numbersOf(value) });
        return value;
      });
      state = next.map(numbersOf);
      output = numbersOf(matMul(next[0], tensor2d(outputKernel, [units, units])));
    });
    const y = { name: "output", equation: "y = h' V", values: output };
    return { step: index + 1, input: [...input], state: before, equations, output: y };
  });
}

/** Random rows of numbers, each from -1 to 1. */
export function randomRows(steps: number, inputs: number, seed: number): number[][] {
  const random = randomStream(seed, "inputs");
  return Array.from({ length: steps }, () => Array.from({ length: inputs }, () => 2 * random() - 1));
}

const numbersOf = (value: Tensor2D): number[] => [...value.dataSync<"float32">()];

/** The weights that `Network.create` would draw: each from its own random stream. */
function initialWeights(cell: string, inputs: number, units: number, seed: number) {
  const layer = { type: "recurrent", cell, units, bidirectional: false } as const;
  const specs = Object.entries(kindOf(layer).weights(layer, inputs, initializations.keras()));
  return Object.fromEntries(
    specs.map(([name, { shape, initialize }]) => [
      name.replace("forward/", ""),
      { shape, values: initialize(shape, randomStream(seed, "weights", name)) },
    ]),
  );
}
