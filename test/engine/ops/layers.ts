/** @file Recurrent layers of any shape for the tests: random tensors and a function that runs a layer. */
import { tensor1d, type Tensor, type Tensor2D, type Tensor3D } from "../../support/tfjs.js";
import * as fc from "fast-check";
import type { Cell, Direction, State } from "../../../src/engine/ops/cell.js";
import { recurrent } from "../../../src/engine/ops/recurrent.js";
import { randomValues, type Values } from "../support.js";

type LayerShape = { time: number; batch: number; inputs: number; units: number; directions: number; initial: boolean };

/** The sequence, then for each direction its weights and, with `initial`, its initial state. */
export function inputsOf(cell: Cell, { time, batch, inputs, units, directions, initial }: LayerShape): Values[] {
  const of = (shape: number[], ...name: (string | number)[]): Values => {
    const { values } = randomValues(shape, cell.name, ...name);
    return { shape, values: values.map((value) => value / 2) };
  };
  const direction = (index: number): Values[] => [
    of([inputs, cell.gates * units], "kernel", index),
    of([units, cell.gates * units], "recurrent", index),
    of(cell.biases === 1 ? [cell.gates * units] : [2, cell.gates * units], "bias", index),
    ...(initial ? Array.from({ length: cell.states }, (_, state) => of([batch, units], "initial", index, state)) : []),
  ];
  return [
    of([time, batch, inputs], "sequence"),
    ...Array.from({ length: directions }, (_, index) => direction(index)).flat(),
  ];
}

type Layer = (...given: Parameters<typeof recurrent>) => { outputs: Tensor3D | null; last: State[] };

/** Runs a layer over the tensors of `inputsOf`; returns its outputs, if it has any, then the last states. */
export const run =
  (layer: Layer, cell: Cell, shape: Pick<LayerShape, "directions" | "initial">, lengths: number[] | null) =>
  ([sequence, ...rest]: Tensor[]): Tensor[] => {
    const each = rest.length / shape.directions;
    const directions = Array.from({ length: shape.directions }, (_, index): Direction => {
      const [kernel, weights, bias, ...state] = rest.slice(index * each, (index + 1) * each);
      const direction = {
        weights: { kernel: kernel as Tensor2D, recurrent: weights as Tensor2D, bias: bias! },
      };
      return shape.initial ? { ...direction, initial: state as State } : direction;
    });
    const { outputs, last } = layer(cell, sequence as Tensor3D, lengths && tensor1d(lengths, "int32"), directions);
    return outputs ? [outputs, ...last.flat()] : last.flat();
  };

/** Sizes below and above those of vectors and blocks. */
export const anyShape = fc.record({
  time: fc.integer({ min: 1, max: 12 }),
  batch: fc.integer({ min: 1, max: 40 }),
  inputs: fc.integer({ min: 1, max: 40 }),
  units: fc.integer({ min: 1, max: 40 }),
  directions: fc.integer({ min: 1, max: 2 }),
  initial: fc.boolean(),
});
