/** @file The layers of a network as layers of the graph. Dropout of words, weights and hidden state is left out: it has an effect in training only. */
import type { SpecOf } from "../../network/layers/layer.js";
import type { LayerSpec, LayerType } from "../../network/spec.js";
import { type Graph, type GraphValue, widthOf } from "./graph.js";
import { addPooling } from "./graphPoolings.js";
import { addRecurrent } from "./graphRecurrent.js";
import type { GraphContext, GraphSignal, GraphWeight } from "./graphContext.js";
import { addEmbedding, addWords } from "./graphWords.js";

type AddLayer<Type extends LayerType> = (spec: SpecOf<Type>, input: GraphSignal, context: GraphContext) => GraphSignal;

/** The layers that the Keras and TensorFlow.js exporters support. */
export const graphLayers: Partial<Record<string, unknown>> & { [Type in LayerType]?: AddLayer<Type> } = {
  embedding: ({ units }, signal, { graph, name, weight }) => ({
    ...signal,
    values: addEmbedding(graph, name, signal.values, weight("table"), units),
  }),
  words: addWords,

  dropout: ({ rate, variational }, signal, { graph, name }) => {
    const { values } = signal;
    const className = variational && values.shape.length === 2 ? "SpatialDropout1D" : "Dropout";
    return {
      ...signal,
      values: graph.add(name, { className, config: { rate }, inputs: [values], shape: values.shape }),
    };
  },

  convolution: ({ widths, padding }, signal, { graph, name, weight }) => {
    const { values, mask } = signal;
    const input = mask ? mask.withZeroPadding(`${name}_read`, values) : values;
    const lost = padding === "valid" ? widths[0]!.size - 1 : 0;
    const [steps = null] = values.shape;
    const parts = widths.map(({ filters, size }, index) =>
      graph.add(`${name}_${index}`, {
        className: "Conv1D",
        config: { filters, kernel_size: [size], padding, activation: "relu" },
        inputs: [input],
        shape: [steps && steps - lost, filters],
        weights: { kernel: weight(`${index}/kernel`), bias: weight(`${index}/bias`) },
      }),
    );
    const outputMask = lost > 0 && mask ? mask.shortened(`${name}_mask`, lost + 1) : mask;
    return { values: graph.concatenate(name, parts), ends: null, mask: outputMask };
  },

  recurrent: addRecurrent,

  normalisation: (_, signal, { graph, name, weight }) => {
    const { values, ends } = signal;
    const normalize = (layer: string, input: GraphValue): GraphValue =>
      graph.add(layer, {
        className: "LayerNormalization",
        config: { axis: -1, epsilon: 1e-5 },
        inputs: [input],
        shape: input.shape,
        weights: { gamma: weight("scale"), beta: weight("shift") },
      });
    const output = normalize(name, values);
    return { ...signal, values: output, ends: ends && (ends === values ? output : normalize(`${name}_ends`, ends)) };
  },

  residual: ({ over }, signal, { graph, name, earlier }) => {
    const skipped = earlier.at(-over)!;
    return {
      ...signal,
      values: graph.merge(name, "Add", [skipped.values, signal.values]),
      ends: signal.ends && skipped.ends && graph.merge(`${name}_ends`, "Add", [skipped.ends, signal.ends]),
    };
  },

  pooling: addPooling,

  dense: ({ units }, signal, { graph, name, weight }) => ({
    ...signal,
    values: graph.add(name, {
      className: "Dense",
      config: { units, activation: "relu" },
      inputs: [signal.values],
      shape: [...signal.values.shape.slice(0, -1), units],
      weights: { kernel: weight("kernel"), bias: weight("bias") },
    }),
  }),
};

/** Adds a layer of any type. @returns its output */
export const addLayer = (spec: LayerSpec, input: GraphSignal, context: GraphContext): GraphSignal =>
  (graphLayers[spec.type] as AddLayer<LayerType>)(spec, input, context);

/** Adds the last dense layer, which gives the logits or a regressor's number. */
export const addHead = (graph: Graph, { values }: GraphSignal, kernel: GraphWeight, bias: GraphWeight): GraphValue =>
  graph.add("head", {
    className: "Dense",
    config: { units: bias.shape[0]! },
    inputs: [values],
    shape: [...values.shape.slice(0, -1), widthOf(bias.shape)],
    weights: { kernel, bias },
  });
