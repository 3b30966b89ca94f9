/** @file The kinds of layer: what each makes of a signal, the weights it needs, and the state it carries. */
import {
  add,
  concat,
  type Rank,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  zeros as zeroTensor,
} from "../engine/tfjs.js";
import { dropout } from "../engine/ops/dropout.js";
import type { Lookup } from "../engine/ops/embedding.js";
import { convolution, type ConvolutionWeights, dense } from "../engine/ops/convolution.js";
import type { CellWeights, Direction, State } from "../engine/ops/cell.js";
import { recurrent, recurrentEnds, sequenceOf } from "../engine/ops/recurrent.js";
import { cells } from "./cells.js";
import { type Initialisation, type Initialiser, zeros } from "./initialisers.js";
import { pooled, poolingWeights, poolingWidth } from "./poolings.js";
import type { LayerSpec, LayerType } from "./spec.js";

/** What flows from layer to layer. */
export type Signal = {
  /** Tokens, int32 [time, batch]; then a sequence [time, batch, width], or its lookup still to be made; once pooled, or where only ends are read, [batch, width]. */
  values: Tensor | Lookup;
  /** Steps of each row, int32 [batch]; null where every row has them all. What lies past them is never read. */
  lengths: Tensor1D | null;
  /** The last output of each direction of the layer before, joined: [batch, width]; null before any recurrent layer. */
  ends: Tensor2D | null;
};

/** A signal's values, looked up if they were not. */
export const valuesOf = ({ values }: Signal): Tensor => ("table" in values ? sequenceOf(values) : values);

/** A weight to be made: its shape and how it begins. */
export type WeightSpec = { shape: number[]; initialise: Initialiser };

/** A layer's weights by the names that `weights` gave them. */
export type Weights = Record<string, Tensor>;

export type Pass = {
  training: boolean;
  /** Seeds this layer's dropout in this step. */
  seed: number;
  /** Whether only the last outputs of a recurrent layer are read. */
  endsOnly: boolean;
  /** The layer's state from the batch before, in the order of `states`; null to start from zeros. */
  carried: Tensor2D[] | null;
};

/** @template S the layer's spec */
export type LayerKind<S extends LayerSpec> = {
  /** Width of the output, from the width of the input. */
  width: (spec: S, inputs: number) => number;
  weights: (spec: S, inputs: number, initialisation: Initialisation) => Record<string, WeightSpec>;
  /** Units of each tensor of state, each [batch, units]; none for layers without memory. */
  states: (spec: S) => number[];
  /** @returns the next signal, and the state after each row's last step */
  forward: (spec: S, signal: Signal, weights: Weights, pass: Pass) => { signal: Signal; state: Tensor2D[] };
};

type RecurrentSpec = Extract<LayerSpec, { type: "recurrent" }>;
const directionsOf = ({ bidirectional }: RecurrentSpec) => (bidirectional ? ["forward", "backward"] : ["forward"]);

const layers: { [K in LayerType]: LayerKind<Extract<LayerSpec, { type: K }>> } = {
  embedding: {
    width: ({ units }) => units,
    weights: ({ units }, vocabulary, initialisation) => ({
      table: { shape: [vocabulary, units], initialise: initialisation.embedding },
    }),
    states: () => [],
    forward: (_, signal, { table }) => ({
      signal: { ...signal, values: { table: table as Tensor2D, tokens: signal.values as Tensor2D } },
      state: [],
    }),
  },

  dropout: {
    width: (_, inputs) => inputs,
    weights: () => ({}),
    states: () => [],
    forward: ({ rate }, signal, _, { training, seed }) => ({
      signal: training ? { ...signal, values: dropout(valuesOf(signal), rate, seed) } : signal,
      state: [],
    }),
  },

  recurrent: {
    width: (spec) => spec.units * directionsOf(spec).length,
    weights: (spec, inputs, initialisation) => {
      const { gates, biases, bias } = cells[spec.cell];
      const columns = gates * spec.units;
      const direction: Record<string, WeightSpec> = {
        kernel: { shape: [inputs, columns], initialise: initialisation.kernel },
        recurrent: { shape: [spec.units, columns], initialise: initialisation.recurrent },
        bias: { shape: biases === 1 ? [columns] : [biases, columns], initialise: initialisation.bias(bias) },
        ...(spec.learnedStart &&
          Object.fromEntries(startsOf(spec).map((name) => [name, { shape: [spec.units], initialise: zeros }]))),
      };
      return Object.fromEntries(
        directionsOf(spec).flatMap((name) =>
          Object.entries(direction).map(([weight, value]) => [`${name}/${weight}`, value]),
        ),
      );
    },
    states: (spec) => directionsOf(spec).flatMap(() => Array<number>(cells[spec.cell].states).fill(spec.units)),
    forward: (spec, signal, weights, { training, endsOnly, carried }) => {
      const cell = cells[spec.cell];
      const rows = "table" in signal.values ? signal.values.tokens.shape[1] : signal.values.shape[1]!;
      const directions = directionsOf(spec).map((name, index): Direction => {
        const initial =
          (carried?.slice(index * cell.states, (index + 1) * cell.states) as State | undefined) ??
          learnedState(spec, weights, name, rows);
        return { weights: pick(weights, name), ...(initial && { initial }) };
      });
      const read = [cell, signal.values as Tensor3D | Lookup, signal.lengths, directions, { training }] as const;
      const { outputs, last } = endsOnly ? { outputs: null, last: recurrentEnds(...read) } : recurrent(...read);
      const lastOutputs = last.map(([output]) => output);
      const ends = lastOutputs.length === 1 ? lastOutputs[0]! : concat(lastOutputs, 1);
      return { signal: { ...signal, values: outputs ?? ends, ends }, state: last.flat() };
    },
  },

  pooling: {
    width: poolingWidth,
    weights: poolingWeights,
    states: () => [],
    forward: (spec, signal, weights) => ({
      signal: { ...signal, values: pooled(spec, { ...signal, sequence: valuesOf(signal) as Tensor3D }, weights) },
      state: [],
    }),
  },

  convolution: {
    width: ({ widths }) => widths.reduce((sum, { filters }) => sum + filters, 0),
    weights: ({ widths }, inputs, initialisation) =>
      Object.fromEntries(
        widths.flatMap(({ filters, size }, index): [string, WeightSpec][] => [
          [`${index}/kernel`, { shape: [size, inputs, filters], initialise: initialisation.kernel }],
          [`${index}/bias`, { shape: [filters], initialise: zeros }],
        ]),
      ),
    states: () => [],
    forward: ({ widths, padding }, signal, weights) => {
      const each = widths.map((_, index): ConvolutionWeights => ({
        kernel: weights[`${index}/kernel`] as Tensor3D,
        bias: weights[`${index}/bias`] as Tensor1D,
      }));
      const options = { padding, activation: "relu" } as const;
      const { outputs, lengths } = convolution(valuesOf(signal) as Tensor3D, signal.lengths, each, options);
      return { signal: { values: outputs, lengths, ends: null }, state: [] };
    },
  },

  dense: {
    width: ({ units }) => units,
    weights: ({ units }, inputs, initialisation) => ({
      kernel: { shape: [inputs, units], initialise: initialisation.kernel },
      bias: { shape: [units], initialise: zeros },
    }),
    states: () => [],
    forward: ({ units }, signal, { kernel, bias }) => {
      const inputs = valuesOf(signal);
      const rows = reshape<Rank.R2>(inputs, [-1, inputs.shape.at(-1)!]);
      const values = dense(rows, kernel as Tensor2D, bias as Tensor1D, "relu");
      return { signal: { ...signal, values: reshape(values, [...inputs.shape.slice(0, -1), units]) }, state: [] };
    },
  },
};

/** The names of what a direction begins with, where that is learned. */
const startsOf = ({ cell }: RecurrentSpec): string[] =>
  Array.from({ length: cells[cell].states }, (_, index) => `start/${index}`);

/** The learned state of a direction, the same for every row: each [batch, units]. */
const learnedState = (spec: RecurrentSpec, weights: Weights, direction: string, rows: number): State | undefined =>
  spec.learnedStart &&
  (startsOf(spec).map((name) => add(zeroTensor([rows, spec.units]), weights[`${direction}/${name}`]!)) as State);

const pick = (weights: Weights, direction: string) =>
  ({
    kernel: weights[`${direction}/kernel`],
    recurrent: weights[`${direction}/recurrent`],
    bias: weights[`${direction}/bias`],
  }) as CellWeights;

/** Whether a layer reads nothing but the last outputs of the one before. */
export const readsEndsOnly = (spec: LayerSpec | undefined): boolean =>
  spec?.type === "pooling" && spec.over.every((pooling) => pooling === "last");

/** The kind of a layer, for any spec of it. */
export const kindOf = (spec: LayerSpec): LayerKind<LayerSpec> => layers[spec.type] as LayerKind<LayerSpec>;
