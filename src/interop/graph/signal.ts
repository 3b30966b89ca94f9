/** @file What flows from layer to layer as a graph is made, and what a layer is given. */
import type { LayerSpec } from "../../network/spec.js";
import type { WeightValues } from "../../network/storedWeights.js";
import type { Graph, Value } from "./graph.js";
import type { Mask } from "./graphMask.js";

export type Signal = {
  /** [time, width]; once pooled, or where only ends are read, [width]. */
  values: Value;
  /** [width]: the last output of each direction of the layer before, joined; null where nobody reads it. */
  ends: Value | null;
  /** Null where every row has every step. */
  mask: Mask | null;
};

export type Weight = { shape: number[]; values: Float32Array };

export type Place = {
  graph: Graph;
  /** The layer's, unique. */
  name: string;
  /** The network's weight of that name within the layer. */
  weight: (name: string) => Weight;
  /** The specs of the layers that follow. */
  after: readonly LayerSpec[];
  /** What each layer before this one read, in their order. */
  earlier: readonly Signal[];
  /** The names of the layer's states, where they are inputs and outputs of the graph; null where it starts anew. */
  states: readonly string[] | null;
};

/** @param prefix with its slash */
export const weightsWithin =
  (values: WeightValues, prefix: string) =>
  (name: string): Weight =>
    values.get(`${prefix}${name}`)!;
