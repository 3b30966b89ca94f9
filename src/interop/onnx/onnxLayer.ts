/** @file The interface of a layer in an ONNX graph. Values are names of graph values, as tensors are in src/network/layers/layer.ts. */
import { rmsEpsilon } from "../../engine/ops/rmsNorm.js";
import type { LayerSpec } from "../../network/spec.js";
import type { WeightValues } from "../../network/storedWeights.js";
import type { GraphBuilder } from "./onnxGraph.js";

/** The steps of each row that are not padding. */
export type OnnxSteps = {
  /** int32 [batch]. */
  lengths: string;
  /** bool [time, batch, 1]. */
  present: string;
};

export type OnnxSignal = {
  /** Tokens, int32 [time, batch]; then a sequence [time, batch, width]; after the pooling [batch, width]. */
  values: string;
  steps: OnnxSteps;
  /** The last outputs of the directions of the recurrent layer before, concatenated: [batch, width]; null before the first recurrent layer. */
  ends: string | null;
  /** The characters of each word, int32 [characters, time · batch], and their count, int32 [time · batch]; null if the network does not read them. */
  spelling: { characters: string; lengths: string } | null;
};

/** name(): adds the weight to the graph as it is and returns its name there. */
export type OnnxWeight = { shape: readonly number[]; values: Float32Array; name: () => string };

/** The inputs and outputs of the graph for the state of a generator's recurrent layers. */
export type StatePorts = {
  /** The input for a tensor of the state before the first step, [batch, units]. */
  before: (name: string, units: number) => string;
  /** The output for the same tensor after the last step. */
  after: (name: string, units: number, value: string) => void;
};

export type WeightName = "kernel" | "recurrent" | "bias";

/** One direction of a recurrent layer: its weights, and its initial state, each tensor [batch, units]; null for zeros. */
export type OnnxDirection = {
  /** 1 for the direction that reads backwards, else 0. */
  index: number;
  units: number;
  weight: (name: WeightName) => OnnxWeight;
  initial: readonly string[] | null;
  /** Of the forget gate, for a cell that has one. */
  lowerBound: number;
};

export type OnnxContext = {
  graph: GraphBuilder;
  /** The weight of a name within the layer. */
  weight: (name: string) => OnnxWeight;
  /** Null if each run starts from the initial state. */
  states: StatePorts | null;
  /** The number of recurrent layers before this one. */
  recurrentBefore: number;
  /** The width of the layer's input. */
  width: number;
  /** The input of each layer before this one, in their order. */
  earlier: readonly OnnxSignal[];
};

export type OnnxLayer<S extends LayerSpec> = (layer: S, input: OnnxSignal, context: OnnxContext) => OnnxSignal;

/** The weights of one layer, or of the head. */
export const weightsWithin =
  (graph: GraphBuilder, weights: WeightValues, prefix: string): OnnxContext["weight"] =>
  (name) => {
    const whole = `${prefix}/${name}`;
    const { shape, values } = weights.get(whole)!;
    return { shape, values, name: () => graph.constant(whole, shape, values) };
  };

/** @param lengths int32 [batch] @param like a value [time, batch, …] with the same number of steps */
export function stepsOfLengths(graph: GraphBuilder, lengths: string, like: string): OnnxSteps {
  const time = graph.node("Squeeze", [graph.node("Shape", [like], { start: 0, end: 1 })]);
  const numbers = graph.node("Range", [graph.integer(0), graph.cast(time, "int32"), graph.integer(1)]);
  const before = graph.node("Less", [graph.node("Unsqueeze", [numbers, graph.sizes(1)]), lengths]); // [time, batch]
  return { lengths, present: graph.node("Unsqueeze", [before, graph.sizes(2)]) };
}

/** The sequence with zeros past the end of each row. */
export const withZeroPadding = (graph: GraphBuilder, { values, steps }: OnnxSignal): string =>
  graph.node("Where", [steps.present, values, graph.number(0)]);

/** The same values for every row: a number or [units] → [batch, units]. @param lengths [batch] */
export function expandToBatch(graph: GraphBuilder, values: string, lengths: string, units: number): string {
  const shape = graph.node("Concat", [graph.node("Shape", [lengths]), graph.sizes(units)], { axis: 0 });
  return graph.node("Expand", [values, shape]);
}

/** values / √(mean of squares + ε), over the last axis. */
export function rmsNormalized(graph: GraphBuilder, values: string): string {
  const squares = graph.node("ReduceMean", [graph.node("Mul", [values, values])], { axes: [-1], keepdims: 1 });
  return graph.node("Div", [values, graph.node("Sqrt", [graph.node("Add", [squares, graph.number(rmsEpsilon)])])]);
}

/**
 * Steps of each row.
 * @param values [time, batch, width]
 * @param steps int32, broadcast to [batch, count]
 * @returns [batch, count, width]
 */
export function stepsAt(graph: GraphBuilder, values: string, steps: string): string {
  const byRow = graph.node("Transpose", [values], { perm: [1, 0, 2] });
  const indices = graph.node("Unsqueeze", [graph.cast(steps, "int64"), graph.sizes(2)]);
  return graph.node("GatherND", [byRow, indices], { batch_dims: 1 });
}
