/** @file What a layer is: what it makes of a signal, the weights it needs, and the state it carries. */
import { sequenceOf } from "../../engine/ops/recurrent.js";
import type { Lookup } from "../../engine/ops/embedding.js";
import type { Tensor, Tensor1D, Tensor2D } from "../../engine/tfjs.js";
import type { Initialisation, Initialiser } from "../initializers.js";
import type { LayerSpec, LayerType } from "../spec.js";

/** What flows from layer to layer. */
export type Signal = {
  /** Tokens, int32 [time, batch]; then a sequence [time, batch, width], or its lookup still to be made; once pooled, or where only ends are read, [batch, width]. */
  values: Tensor | Lookup;
  /** Steps of each row, int32 [batch]; null where every row has them all. What lies past them is never read. */
  lengths: Tensor1D | null;
  /** The last output of each direction of the layer before, joined: [batch, width]; null before any recurrent layer. */
  ends: Tensor2D | null;
  /** The words by their characters, where these are read. */
  spelling?: Spelling | undefined;
};

/** The different words of a batch by their characters. */
export type Spelling = {
  /** int32 [characters, words], the step first. */
  characters: Tensor2D;
  /** Characters of each word, int32 [words]. */
  lengths: Tensor1D;
  /** Which word stands in each place, int32 [time, batch]. */
  positions: Tensor2D;
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
  /** What each layer before this one read, in their order. */
  earlier: readonly Signal[];
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

/** The spec of one type of layer. */
export type SpecOf<Type extends LayerType> = Extract<LayerSpec, { type: Type }>;

/** A kind of layer that carries no state from step to step. */
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
