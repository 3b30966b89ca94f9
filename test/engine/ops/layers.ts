/** @file Recurrent layers of any shape for the tests: random tensors and a function that runs a layer. */
import { tensor1d, type Tensor, tensor2d, type Tensor2D, type Tensor3D, zerosLike } from "../../support/tfjs.js";
import * as fc from "fast-check";
import { type Cell, type Direction, type State, weightShapes } from "../../../src/engine/ops/cell.js";
import { recurrent } from "../../../src/engine/ops/recurrent.js";
import { randomValues, type Values } from "../support.js";

type LayerShape = { time: number; batch: number; inputs: number; units: number; directions: number; initial: boolean };

/** The sequence, then for each direction its weights and, with `initial`, its initial state. */
export function inputsOf(cell: Cell, { time, batch, inputs, units, directions, initial }: LayerShape): Values[] {
  const of = (shape: number[], ...name: (string | number)[]): Values => {
    const { values } = randomValues(shape, cell.name, ...name);
    return { shape, values: values.map((value) => value / 2) };
  };
  const shapes = weightShapes(cell, inputs, units);
  const direction = (index: number): Values[] => [
    of(shapes.kernel, "kernel", index),
    ...(hasRecurrent(cell) ? [of(shapes.recurrent, "recurrent", index)] : []),
    of(shapes.bias, "bias", index),
    ...(initial ? statesRead(cell).map((state) => of([batch, units], "initial", index, state)) : []),
  ];
  return [
    of([time, batch, inputs], "sequence"),
    ...Array.from({ length: directions }, (_, index) => direction(index)).flat(),
  ];
}

/** Whether a cell has recurrent weights. */
const hasRecurrent = (cell: Cell): boolean => weightShapes(cell, 1, 1).recurrent[0]! > 0;

/** The indices of the state's tensors that a step reads. */
const statesRead = ({ states, readsHidden = true }: Cell): number[] =>
  Array.from({ length: states }, (_, index) => index).slice(readsHidden ? 0 : 1);

type Layer = (...given: Parameters<typeof recurrent>) => { outputs: Tensor3D | null; last: State[] };

/** Runs a layer over the tensors of `inputsOf`; returns its outputs, if it has any, then the last states. */
export const run =
  (layer: Layer, cell: Cell, shape: Pick<LayerShape, "directions" | "initial">, lengths: number[] | null) =>
  ([sequence, ...rest]: Tensor[]): Tensor[] => {
    const each = rest.length / shape.directions;
    const directions = Array.from({ length: shape.directions }, (_, index): Direction => {
      const [kernel, ...others] = rest.slice(index * each, (index + 1) * each);
      const [weights, bias, ...state] = hasRecurrent(cell) ? others : [noRecurrent(cell, kernel!), ...others];
      const direction = {
        weights: {
          kernel: kernel as Tensor2D,
          recurrent: weights as Tensor2D,
          bias: bias!,
          ...(cell.bounded && { lowerBound: 0.3 }),
        },
      };
      if (!shape.initial) return direction;
      return {
        ...direction,
        initial: (cell.readsHidden === false ? [zerosLike(state[0]!), ...state] : state) as State,
      };
    });
    const { outputs, last } = layer(cell, sequence as Tensor3D, lengths && tensor1d(lengths, "int32"), directions);
    return outputs ? [outputs, ...last.flat()] : last.flat();
  };

const noRecurrent = ({ gates }: Cell, { shape }: Tensor): Tensor => tensor2d([], [0, shape[1]! / gates]);

/** Sizes below and above those of vectors and blocks. */
export const anyShape = fc.record({
  time: fc.integer({ min: 1, max: 12 }),
  batch: fc.integer({ min: 1, max: 40 }),
  inputs: fc.integer({ min: 1, max: 40 }),
  units: fc.integer({ min: 1, max: 40 }),
  directions: fc.integer({ min: 1, max: 2 }),
  initial: fc.boolean(),
});
