/** @file The poolings of the graph, over the steps of each row without its padding. */
import type { SpecOf } from "../../network/layers/layer.js";
import { type Graph, type GraphValue, widthOf } from "./graph.js";
import type { Mask } from "./graphMask.js";
import type { GraphContext, GraphSignal } from "./graphContext.js";

type PoolingInput = Omit<GraphContext, "name"> & {
  name: string;
  values: GraphValue;
  ends: GraphValue | null;
  mask: Mask;
};

/** The poolings that the Keras and TensorFlow.js exporters support: [time, width] → [width], for flatten → [time · width]. */
export const graphPoolings: Partial<Record<string, (input: PoolingInput) => GraphValue>> = {
  last: ({ ends }) => ends!,

  /** Attention with equal scores. */
  mean: ({ graph, name, values, mask }) => weightedSum(graph, name, values, mask, mask.penalty),

  max: ({ graph, name, values, mask }) => {
    const inputs = [mask.withFarPadding(`${name}_read`, values)];
    const shape = [widthOf(values.shape)];
    const largest = graph.add(`${name}_largest`, { className: "GlobalMaxPooling1D", inputs, shape });
    return graph.merge(name, "Multiply", [largest, mask.any]); // zeros for a row without steps
  },

  attention: ({ graph, name, values, mask, weight }) => {
    const [steps = null] = values.shape;
    const width = widthOf(values.shape);
    const hidden = graph.add(`${name}_hidden`, {
      className: "Dense",
      config: { units: width, activation: "tanh" },
      inputs: [values],
      shape: values.shape,
      weights: { kernel: weight("attention/kernel"), bias: weight("attention/bias") },
    });
    const scores = graph.add(`${name}_scores`, {
      className: "Dense",
      config: { units: 1, use_bias: false },
      inputs: [hidden],
      shape: [steps, 1],
      weights: { kernel: { ...weight("attention/query"), shape: [width, 1] } },
    });
    return weightedSum(graph, name, values, mask, graph.merge(`${name}_far`, "Add", [scores, mask.penalty]));
  },

  flatten: ({ graph, name, values, mask }) => {
    const [steps, width] = values.shape as [number, number];
    const inputs = [mask.withZeroPadding(`${name}_read`, values)];
    return graph.add(name, { className: "Flatten", inputs, shape: [steps * width] });
  },
};

/** Σ step · softmax(scores) over the steps of a row; zeros for a row without steps. @param scores [time, 1], with -far for padding */
function weightedSum(graph: Graph, name: string, values: GraphValue, mask: Mask, scores: GraphValue): GraphValue {
  const flat = graph.reshape(`${name}_flat`, scores, [-1]);
  const softmax = graph.add(`${name}_softmax`, {
    className: "Softmax",
    config: { axis: -1 },
    inputs: [flat],
    shape: flat.shape,
  });
  const weights = mask.withZeroPadding(`${name}_shares`, graph.reshape(`${name}_softmax_column`, softmax, [-1, 1]));
  const width = widthOf(values.shape);
  const config = { axes: 1, normalize: false };
  const sum = graph.add(`${name}_sum`, { className: "Dot", config, inputs: [weights, values], shape: [1, width] });
  return graph.reshape(name, sum, [width]);
}

export function addPooling({ over }: SpecOf<"pooling">, signal: GraphSignal, context: GraphContext): GraphSignal {
  const { values, ends, mask } = signal;
  const parts = over.map((pooling, index) => {
    const name = `${context.name}_${pooling}_${index}`;
    return graphPoolings[pooling]!({ ...context, name, values, ends, mask: mask! });
  });
  return { ...signal, values: context.graph.concatenate(context.name, parts) };
}
