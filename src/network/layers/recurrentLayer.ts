/** @file A recurrent layer: a cell over the sequence, in one direction or both. */
import { type CellWeights, type Direction, type State, weightShapes } from "../../engine/ops/cell.js";
import { dropout } from "../../engine/ops/dropout.js";
import type { Lookup } from "../../engine/ops/embedding.js";
import { recurrent, recurrentLastStates } from "../../engine/ops/recurrent.js";
import { add, concat, fill, type Rank, type Tensor2D, type Tensor3D, zeros as zeroTensor } from "../../engine/tfjs.js";
import { UserError } from "../../common/errors.js";
import { seed32 } from "../../common/random.js";
import { cellNamed } from "../cells.js";
import { zeros } from "../initializers.js";
import type { LayerKind, SpecOf, Weights, WeightSpec } from "./layer.js";

type RecurrentSpec = SpecOf<"recurrent">;

export const recurrentLayer: LayerKind<RecurrentSpec> = {
  width: (spec) => spec.units * directionsOf(spec).length,
  weights: (spec, inputs, initialization) => {
    const cell = cellNamed(spec.cell);
    if (cell.elementwise && (spec.recurrentDropout !== undefined || spec.weightDrop !== undefined)) {
      throw new UserError(`has dropout of a recurrent matrix, which the cell ${spec.cell} does not have`);
    }
    const shapes = weightShapes(cell, inputs, spec.units);
    const { ofCell } = initialization;
    const direction: Record<string, WeightSpec> = {
      kernel: {
        shape: shapes.kernel,
        initialize: cell.kernel ? ofCell(cell.kernel(spec.units)) : initialization.kernel,
      },
      ...(shapes.recurrent[0]! > 0 && {
        recurrent: {
          shape: shapes.recurrent,
          initialize: cell.recurrent ? ofCell(cell.recurrent) : initialization.recurrent,
        },
      }),
      bias: { shape: shapes.bias, initialize: initialization.bias(cell.bias) },
      ...(spec.learnedStart &&
        Object.fromEntries(initialStateNames(spec).map((name) => [name, { shape: [spec.units], initialize: zeros }]))),
    };
    return Object.fromEntries(
      directionsOf(spec).flatMap((name) =>
        Object.entries(direction).map(([weight, value]) => [`${name}/${weight}`, value]),
      ),
    );
  },
  states: (spec) => directionsOf(spec).flatMap(() => Array<number>(cellNamed(spec.cell).states).fill(spec.units)),
  forward: (spec, signal, weights, { training, dropping, seed, endsOnly, carried }) => {
    const cell = cellNamed(spec.cell);
    const rows = "table" in signal.values ? signal.values.tokens.shape[1] : signal.values.shape[1]!;
    const directions = directionsOf(spec).map((name, index): Direction => {
      const whole = pick(spec, weights, name);
      const initial =
        (carried?.slice(index * cell.states, (index + 1) * cell.states) as State | undefined) ??
        learnedInitialState(spec, weights, name, rows);
      return {
        weights: dropping ? withDropout(spec, whole, rows, seed32(seed, name)) : whole,
        ...(initial && { initial }),
      };
    });
    const read = [cell, signal.values as Tensor3D | Lookup, signal.lengths, directions, { training }] as const;
    const { outputs, last } = endsOnly ? { outputs: null, last: recurrentLastStates(...read) } : recurrent(...read);
    const lastOutputs = last.map(([output]) => output);
    const ends = lastOutputs.length === 1 ? lastOutputs[0]! : concat(lastOutputs, 1);
    return { signal: { ...signal, values: outputs ?? ends, ends }, state: last.flat() };
  },
};

const directionsOf = ({ bidirectional }: RecurrentSpec): string[] =>
  bidirectional ? ["forward", "backward"] : ["forward"];

const pick = ({ units, lowerBound }: RecurrentSpec, weights: Weights, direction: string) =>
  ({
    kernel: weights[`${direction}/kernel`],
    recurrent: weights[`${direction}/recurrent`] ?? zeroTensor([0, units]),
    bias: weights[`${direction}/bias`],
    ...(lowerBound !== undefined && { lowerBound }),
  }) as CellWeights;

/** The names of a direction's learned initial states: of those that a step reads. */
function initialStateNames({ cell }: RecurrentSpec): string[] {
  const { states, readsHidden = true } = cellNamed(cell);
  return Array.from({ length: states }, (_, index) => `start/${index}`).slice(readsHidden ? 0 : 1);
}

/** The learned initial state of a direction, the same for every row: each [batch, units]. */
const learnedInitialState = (
  spec: RecurrentSpec,
  weights: Weights,
  direction: string,
  rows: number,
): State | undefined =>
  spec.learnedStart &&
  (Array.from({ length: cellNamed(spec.cell).states }, (_, index) => {
    const start = weights[`${direction}/start/${index}`];
    const none = zeroTensor<Rank.R2>([rows, spec.units]);
    return start ? add<Tensor2D>(none, start) : none;
  }) as State);

/**
 * A direction's weights with dropout: of the recurrent kernel (Merity, Keskar & Socher 2017), or of the hidden state, with the same mask at all
 * steps of a row (Gal & Ghahramani 2016).
 */
const withDropout = (
  { units, weightDrop = 0, recurrentDropout = 0 }: RecurrentSpec,
  weights: CellWeights,
  rows: number,
  seed: number,
): CellWeights => ({
  ...weights,
  recurrent: dropout(weights.recurrent, weightDrop, seed32(seed, "weights")),
  ...(recurrentDropout > 0 && {
    mask: dropout(fill([rows, units], 1), recurrentDropout, seed32(seed, "hidden")),
  }),
});
