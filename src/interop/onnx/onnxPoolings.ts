/** @file The poolings as ONNX operators. */
import type { SpecOf } from "../../network/layers/layer.js";
import type { GraphBuilder } from "./onnxGraph.js";
import { type OnnxLayer, type OnnxSignal, type OnnxContext, stepsAt, withZeroPadding } from "./onnxLayer.js";

/** @returns [batch, width]; zeros for an empty row */
type OnnxPooling = (signal: OnnxSignal, context: OnnxContext, steps: number) => string;

const sumOverTime = (graph: GraphBuilder, values: string): string =>
  graph.node("ReduceSum", [values, graph.sizes(0)], { keepdims: 0 });

/** max(length, 1) of each row, float32 [batch, 1]. */
const divisor = (graph: GraphBuilder, { steps: { lengths } }: OnnxSignal): string => {
  const atLeastOne = graph.node("Max", [lengths, graph.integer(1)]);
  return graph.node("Unsqueeze", [graph.cast(atLeastOne, "float32"), graph.sizes(1)]);
};

/** The last step of each row, [batch, width]; zeros for an empty row. */
function lastSteps(graph: GraphBuilder, { values, steps: { lengths } }: Pick<OnnxSignal, "values" | "steps">): string {
  const [one, zero] = [graph.integer(1), graph.integer(0)];
  const last = graph.node("Max", [graph.node("Sub", [lengths, one]), zero]);
  const read = stepsAt(graph, values, graph.node("Unsqueeze", [last, graph.sizes(1)]));
  const isNotEmpty = graph.node("Unsqueeze", [graph.node("Greater", [lengths, zero]), graph.sizes(1)]);
  return graph.node("Where", [isNotEmpty, graph.node("Squeeze", [read, graph.sizes(1)]), graph.number(0)]);
}

/** The poolings that the ONNX exporter supports. */
export const onnxPoolings: Partial<Record<string, OnnxPooling>> = {
  last: ({ ends, ...signal }, { graph }) => ends ?? lastSteps(graph, signal),

  mean: (signal, { graph }) =>
    graph.node("Div", [sumOverTime(graph, withZeroPadding(graph, signal)), divisor(graph, signal)]),

  max: (signal, { graph }) => {
    const present = graph.node("Where", [signal.steps.present, signal.values, graph.number(-Infinity)]);
    const largest = graph.node("ReduceMax", [present], { axes: [0], keepdims: 0 });
    const isNotEmpty = graph.node("Greater", [signal.steps.lengths, graph.integer(0)]);
    return graph.node("Where", [graph.node("Unsqueeze", [isNotEmpty, graph.sizes(1)]), largest, graph.number(0)]);
  },

  /** As in src/engine/ops/attention.ts. */
  attention: (signal, { graph, weight }) => {
    const { present } = signal.steps;
    const values = withZeroPadding(graph, signal);
    const product = graph.node("MatMul", [values, weight("attention/kernel").name()]);
    const hidden = graph.node("Tanh", [graph.node("Add", [product, weight("attention/bias").name()])]);
    const query = graph.node("Unsqueeze", [weight("attention/query").name(), graph.sizes(1)]);
    const scores = graph.node("MatMul", [hidden, query]); // [time, batch, 1]
    const masked = graph.node("Where", [present, scores, graph.number(-1e9)]);
    const softmax = graph.node("Softmax", [masked], { axis: 0 });
    const weights = graph.node("Mul", [softmax, graph.cast(present, "float32")]); // zeros in an empty row
    return sumOverTime(graph, graph.node("Mul", [values, weights]));
  },

  /** Pads or cuts each row to the given number of steps. */
  flatten: (signal, { graph, width }, steps) => {
    const padded = graph.node("Pad", [withZeroPadding(graph, signal), graph.sizes(0, 0, 0, steps, 0, 0)]);
    const cut = graph.node("Slice", [padded, graph.sizes(0), graph.sizes(steps), graph.sizes(0)]);
    const rows = graph.node("Transpose", [cut], { perm: [1, 0, 2] });
    return graph.node("Reshape", [rows, graph.sizes(0, steps * width)]);
  },
};

export const addPoolingNodes: OnnxLayer<SpecOf<"pooling">> = ({ over, steps = 0 }, signal, context) => {
  const parts = over.map((name) => onnxPoolings[name]!(signal, context, steps));
  return {
    ...signal,
    values: parts.length === 1 ? parts[0]! : context.graph.node("Concat", parts, { axis: 1 }),
  };
};
