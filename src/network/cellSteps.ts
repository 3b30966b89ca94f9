/** @file A cell taken step by step over rows of numbers, with what each of its equations gives: for learning. */
import type { CellWeights, State } from "../engine/ops/cell.js";
import { tensor, tensor2d, type Tensor2D, tidy } from "../engine/tfjs.js";
import { randomStream } from "../common/random.js";
import { cellNamed } from "./cells.js";
import { initialisations } from "./initializers.js";
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
  /** In the order in which they are computed; among them what the state becomes. */
  equations: Equation[];
};

/**
 * A cell of first weights, as a network of that seed would have, begins with a state of zeros and reads a row a step.
 * @param rows [steps][inputs], at least one row
 */
export function cellSteps(
  name: string,
  { units, seed, rows }: { units: number; seed: number; rows: readonly (readonly number[])[] },
): CellStep[] {
  const weights = firstWeights(name, rows[0]!.length, units, seed);
  const cell = cellNamed(name);
  let state = Array.from({ length: cell.states }, () => Array<number>(units).fill(0));
  return rows.map((input, index) => {
    const before = state;
    const equations: Equation[] = [];
    tidy(() => {
      const tensors = Object.fromEntries(
        Object.entries(weights).map(([key, { values, shape }]) => [key, tensor(values, shape)]),
      ) as CellWeights;
      const carried = before.map((values) => tensor2d(values, [1, units])) as State; // [1, units] each
      const next = cell.step(tensor2d([...input], [1, input.length]), carried, tensors, (told, equation, value) => {
        equations.push({ name: told, equation, values: numbersOf(value) });
        return value;
      });
      state = next.map(numbersOf);
    });
    return { step: index + 1, input: [...input], state: before, equations };
  });
}

/** Rows of numbers that nobody chose, each from -1 to 1. */
export function randomRows(steps: number, inputs: number, seed: number): number[][] {
  const random = randomStream(seed, "inputs");
  return Array.from({ length: steps }, () => Array.from({ length: inputs }, () => 2 * random() - 1));
}

const numbersOf = (value: Tensor2D): number[] => [...value.dataSync<"float32">()];

/** As `Network.create` makes them: each with a stream of its own. */
function firstWeights(cell: string, inputs: number, units: number, seed: number) {
  const layer = { type: "recurrent", cell, units, bidirectional: false } as const;
  const specs = Object.entries(kindOf(layer).weights(layer, inputs, initialisations.keras()));
  return Object.fromEntries(
    specs.map(([name, { shape, initialise }]) => [
      name.replace("forward/", ""),
      { shape, values: initialise(shape, randomStream(seed, "weights", name)) },
    ]),
  );
}
