/** @file What the poolings are in ONNX's operators. */
import type { PoolingName } from "../../common/names.js";
import type { GraphBuilder } from "./onnxGraph.js";
import { type LayerGraph, type Signal, type SpecOf, type Surroundings, withinLengths } from "./onnxLayer.js";

/** @returns [batch, width]; zeros for an empty row */
type Pooling = (signal: Signal, surroundings: Surroundings, steps: number) => string;

const sumOverTime = (graph: GraphBuilder, values: string): string =>
  graph.node("ReduceSum", [values, graph.sizes(0)], { keepdims: 0 });

/** The rows' lengths, but at least one, [batch, 1]. */
const divisor = (graph: GraphBuilder, { steps: { lengths } }: Signal): string => {
  const atLeastOne = graph.node("Max", [lengths, graph.integer(1)]);
  return graph.node("Unsqueeze", [graph.cast(atLeastOne, "float32"), graph.sizes(1)]);
};

const poolings: { [Name in PoolingName]: Pooling } = {
  last: ({ ends }) => ends!,

  mean: (signal, { graph }) =>
    graph.node("Div", [sumOverTime(graph, withinLengths(graph, signal)), divisor(graph, signal)]),

  max: (signal, { graph }) => {
    const present = graph.node("Where", [signal.steps.present, signal.values, graph.number(-Infinity)]);
    const largest = graph.node("ReduceMax", [present], { axes: [0], keepdims: 0 });
    const some = graph.node("Greater", [signal.steps.lengths, graph.integer(0)]);
    return graph.node("Where", [graph.node("Unsqueeze", [some, graph.sizes(1)]), largest, graph.number(0)]);
  },

  /** As src/engine/ops/attention.ts. */
  attention: (signal, { graph, weight }) => {
    const { present } = signal.steps;
    const values = withinLengths(graph, signal);
    const product = graph.node("MatMul", [values, weight("attention/kernel").name()]);
    const hidden = graph.node("Tanh", [graph.node("Add", [product, weight("attention/bias").name()])]);
    const query = graph.node("Unsqueeze", [weight("attention/query").name(), graph.sizes(1)]);
    const scores = graph.node("MatMul", [hidden, query]); // [time, batch, 1]
    const far = graph.number(-1e9); // whose exponential is zero beside any other
    const shares = graph.node("Softmax", [graph.node("Where", [present, scores, far])], { axis: 0 });
    const attention = graph.node("Mul", [shares, graph.cast(present, "float32")]); // zeros in an empty row
    return sumOverTime(graph, graph.node("Mul", [values, attention]));
  },

  /** Zeros stand behind, and what there are too many of is cut. */
  flatten: (signal, { graph, width }, steps) => {
    const padded = graph.node("Pad", [withinLengths(graph, signal), graph.sizes(0, 0, 0, steps, 0, 0)]);
    const taken = graph.node("Slice", [padded, graph.sizes(0), graph.sizes(steps), graph.sizes(0)]);
    const rows = graph.node("Transpose", [taken], { perm: [1, 0, 2] });
    return graph.node("Reshape", [rows, graph.sizes(0, steps * width)]);
  },
};

export const poolingGraph: LayerGraph<SpecOf<"pooling">> = ({ over, steps = 0 }, signal, surroundings) => {
  const parts = over.map((name) => poolings[name as PoolingName](signal, surroundings, steps));
  return {
    ...signal,
    values: parts.length === 1 ? parts[0]! : surroundings.graph.node("Concat", parts, { axis: 1 }),
  };
};
