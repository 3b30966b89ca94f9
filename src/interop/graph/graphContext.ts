/** @file The input of a layer while a graph is built, and the context that a layer reads. */
import type { LayerSpec } from "../../network/spec.js";
import type { WeightValues } from "../../network/storedWeights.js";
import type { Graph, GraphValue } from "./graph.js";
import type { Mask } from "./graphMask.js";

export type GraphSignal = {
  /** [time, width]; after the pooling, or if only the last outputs are read, [width]. */
  values: GraphValue;
  /** [width]: the last outputs of the directions of the recurrent layer before, concatenated; null if no layer reads them. */
  ends: GraphValue | null;
  /** Null if every row has every step. */
  mask: Mask | null;
};

export type GraphWeight = { shape: number[]; values: Float32Array };

export type GraphContext = {
  graph: Graph;
  /** The unique name of the layer. */
  name: string;
  /** The weight of a name within the layer. */
  weight: (name: string) => GraphWeight;
  /** The specs of the layers that follow. */
  after: readonly LayerSpec[];
  /** The input of each layer before this one, in their order. */
  earlier: readonly GraphSignal[];
  /** The names of the layer's states if they are inputs and outputs of the graph, else null. */
  states: readonly string[] | null;
};

/** @param prefix with its slash */
export const weightsWithin =
  (values: WeightValues, prefix: string) =>
  (name: string): GraphWeight =>
    values.get(`${prefix}${name}`)!;
