/** @file The interface of a layer: its forward pass, its weights, and its state. */
import { sequenceOf } from "../../engine/ops/recurrent.js";
import type { Lookup } from "../../engine/ops/embedding.js";
import { matMul, type Rank, reshape, type Tensor, type Tensor1D, type Tensor2D } from "../../engine/tfjs.js";
import type { Initialization, Initializer } from "../initializers.js";
import type { LayerSpec, LayerType } from "../spec.js";

/** The values that one layer passes to the next. */
export type Signal = {
  /** Tokens, int32 [time, batch]; then a sequence [time, batch, width], or an embedding lookup that gives one; after the pooling, or if only the last outputs are read, [batch, width]. */
  values: Tensor | Lookup;
  /** Steps of each row, int32 [batch]; null if every row has all steps. Steps past a row's length are never read. */
  lengths: Tensor1D | null;
  /** The last output of each direction of the recurrent layer before, concatenated: [batch, width]; null before any recurrent layer, and after a block. */
  ends: Tensor2D | null;
  /** The words' characters, for a layer that reads them. */
  spelling?: Spelling | undefined;
  /** The numbers beside each text, standardized, for a layer that reads them: [batch, columns]. */
  numbers?: Tensor2D | undefined;
};

/** The distinct words of a batch by their characters. */
export type Spelling = {
  /** int32 [characters, words], the step first. */
  characters: Tensor2D;
  /** Characters of each word, int32 [words]. */
  lengths: Tensor1D;
  /** The index of the word at each position, int32 [time, batch]. */
  positions: Tensor2D;
};

/** The values of a signal; an embedding lookup is computed. */
export function valuesOf({ values }: Signal): Tensor {
  if (!("table" in values)) return values;
  const found = lookedUp.get(values) ?? sequenceOf(values);
  lookedUp.set(values, found);
  return found;
}

/** Lookups that several layers read: each is computed once. */
const lookedUp = new WeakMap<Lookup, Tensor>();

/** values [..., width] · kernel [width, units]: [..., units]. */
export function multiplied(values: Tensor, kernel: Tensor2D): Tensor {
  const [width, units] = kernel.shape;
  const product = matMul(reshape<Rank.R2>(values, [values.size / width, width]), kernel);
  return reshape(product, [...values.shape.slice(0, -1), units]);
}

/** A weight's shape and its initializer. */
export type WeightSpec = { shape: number[]; initialize: Initializer };

/** A layer's weights, by the names that its `weights` gives them. */
export type Weights = Record<string, Tensor>;

export type Pass = {
  /** Whether gradients follow, so that what the backward pass needs is saved. */
  training: boolean;
  /** Whether dropout applies. */
  dropping: boolean;
  /** The seed of this layer's dropout in this step. */
  seed: number;
  /** Whether the next layers read only the last outputs of a recurrent layer. */
  endsOnly: boolean;
  /** The layer's state from the batch before, in the order of `states`; null to start from zeros. */
  carried: Tensor2D[] | null;
  /** The input of each layer before this one, in order. */
  earlier: readonly Signal[];
};

/** @template S the layer's spec */
export type LayerKind<S extends LayerSpec> = {
  /** Width of the output, from the width of the input. */
  width: (spec: S, inputs: number) => number;
  weights: (spec: S, inputs: number, initialization: Initialization) => Record<string, WeightSpec>;
  /** Units of each tensor of state, each [batch, units]; none for layers without memory. */
  states: (spec: S) => number[];
  /** @returns the next signal, and the state after each row's last step */
  forward: (spec: S, signal: Signal, weights: Weights, pass: Pass) => { signal: Signal; state: Tensor2D[] };
};

/** The spec of one type of layer. */
export type SpecOf<Type extends LayerType> = Extract<LayerSpec, { type: Type }>;

/** A kind of layer without state. */
export const withoutState = <S extends LayerSpec>({
  forward,
  ...kind
}: Omit<LayerKind<S>, "states" | "forward"> & {
  forward: (...given: Parameters<LayerKind<S>["forward"]>) => Signal;
}): LayerKind<S> => ({
  ...kind,
  states: () => [],
  forward: (...given) => ({ signal: forward(...given), state: [] }),
});
