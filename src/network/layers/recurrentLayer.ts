/** @file A recurrent layer: a cell over the sequence, in one direction or both. */
import type { CellWeights, Direction, State } from "../../engine/ops/cell.js";
import { dropout } from "../../engine/ops/dropout.js";
import type { Lookup } from "../../engine/ops/embedding.js";
import { recurrent, recurrentLastStates } from "../../engine/ops/recurrent.js";
import { add, concat, fill, type Tensor3D, zeros as zeroTensor } from "../../engine/tfjs.js";
import { seed32 } from "../../common/random.js";
import { cellNamed } from "../cells.js";
import { zeros } from "../initializers.js";
import type { LayerKind, SpecOf, Weights, WeightSpec } from "./layer.js";

type RecurrentSpec = SpecOf<"recurrent">;

export const recurrentLayer: LayerKind<RecurrentSpec> = {
  width: (spec) => spec.units * directionsOf(spec).length,
  weights: (spec, inputs, initialization) => {
    const { gates, biases, bias } = cellNamed(spec.cell);
    const columns = gates * spec.units;
    const direction: Record<string, WeightSpec> = {
      kernel: { shape: [inputs, columns], initialize: initialization.kernel },
      recurrent: { shape: [spec.units, columns], initialize: initialization.recurrent },
      bias: { shape: biases === 1 ? [columns] : [biases, columns], initialize: initialization.bias(bias) },
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
  forward: (spec, signal, weights, { training, seed, endsOnly, carried }) => {
    const cell = cellNamed(spec.cell);
    const rows = "table" in signal.values ? signal.values.tokens.shape[1] : signal.values.shape[1]!;
    const directions = directionsOf(spec).map((name, index): Direction => {
      const whole = pick(weights, name);
      const initial =
        (carried?.slice(index * cell.states, (index + 1) * cell.states) as State | undefined) ??
        learnedInitialState(spec, weights, name, rows);
      return {
        weights: training ? withDropout(spec, whole, rows, seed32(seed, name)) : whole,
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

const pick = (weights: Weights, direction: string) =>
  ({
    kernel: weights[`${direction}/kernel`],
    recurrent: weights[`${direction}/recurrent`],
    bias: weights[`${direction}/bias`],
  }) as CellWeights;

/** The names of a direction's learned initial states. */
const initialStateNames = ({ cell }: RecurrentSpec): string[] =>
  Array.from({ length: cellNamed(cell).states }, (_, index) => `start/${index}`);

/** The learned initial state of a direction, the same for every row: each [batch, units]. */
const learnedInitialState = (
  spec: RecurrentSpec,
  weights: Weights,
  direction: string,
  rows: number,
): State | undefined =>
  spec.learnedStart &&
  (initialStateNames(spec).map((name) =>
    add(zeroTensor([rows, spec.units]), weights[`${direction}/${name}`]!),
  ) as State);

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
