/** @file What a layer adds to an ONNX graph, and what flows from one to the next: the names of values, where src/network/layers/layer.ts has tensors. */
import type { LayerSpec, LayerType } from "../../network/spec.js";
import type { WeightValues } from "../../network/storedWeights.js";
import type { GraphBuilder } from "./onnxGraph.js";

/** Which steps are a row's own. */
export type Steps = {
  /** int32 [batch]. */
  lengths: string;
  /** bool [time, batch, 1]. */
  present: string;
};

export type Signal = {
  /** Tokens, int32 [time, batch]; then a sequence [time, batch, width]; once pooled [batch, width]. */
  values: string;
  steps: Steps;
  /** The last output of each direction of the layer before, joined: [batch, width]; null before any recurrent layer. */
  ends: string | null;
  /** What spells the words, where these are read: characters int32 [characters, time · batch], and their lengths int32 [time · batch]. */
  spelling: { characters: string; lengths: string } | null;
};

/** A weight's shape and values, and its name in the graph, which holds it as it is. */
export type Weight = { shape: readonly number[]; values: Float32Array; name: () => string };

/** The state of a generator's recurrent layers, which comes from outside and goes there. */
export type States = {
  /** A tensor of the state before the first step, [batch, units]. */
  before: (name: string, units: number) => string;
  /** Hands on the same after the last step. */
  after: (name: string, units: number, value: string) => void;
};

export type Surroundings = {
  graph: GraphBuilder;
  /** By its name within the layer. */
  weight: (name: string) => Weight;
  /** Null where each run begins anew. */
  states: States | null;
  /** How many recurrent layers there are before this one. */
  recurrentBefore: number;
  /** Of what it reads. */
  width: number;
  /** What each layer before this one read. */
  earlier: readonly Signal[];
};

export type LayerGraph<S extends LayerSpec> = (layer: S, signal: Signal, surroundings: Surroundings) => Signal;
export type SpecOf<Type extends LayerType> = Extract<LayerSpec, { type: Type }>;

/** The weights of one layer, or of the head. */
export const weightsWithin =
  (graph: GraphBuilder, weights: WeightValues, prefix: string): Surroundings["weight"] =>
  (name) => {
    const whole = `${prefix}/${name}`;
    const { shape, values } = weights.get(whole)!;
    return { shape, values, name: () => graph.constant(whole, shape, values) };
  };

/** Steps of rows of these lengths. @param like [time, batch, …] */
export function stepsOf(graph: GraphBuilder, lengths: string, like: string): Steps {
  const time = graph.node("Squeeze", [graph.node("Shape", [like], { start: 0, end: 1 })]);
  const numbers = graph.node("Range", [graph.integer(0), graph.cast(time, "int32"), graph.integer(1)]);
  const before = graph.node("Less", [graph.node("Unsqueeze", [numbers, graph.sizes(1)]), lengths]); // [time, batch]
  return { lengths, present: graph.node("Unsqueeze", [before, graph.sizes(2)]) };
}

/** The sequence with zeros past each row's end. */
export const withinLengths = (graph: GraphBuilder, { values, steps }: Signal): string =>
  graph.node("Where", [steps.present, values, graph.number(0)]);
