/** @file Each kind of layer as layers of the graph. What only training reads (words, weights and hidden state that are dropped) is left out. */
import type { SpecOf } from "../../network/layers/layer.js";
import type { LayerSpec, LayerType } from "../../network/spec.js";
import { embedded } from "./embeddedFile.js";
import { type Graph, type Value, widthOf } from "./graph.js";
import { addPooling } from "./graphPoolings.js";
import { addRecurrent } from "./graphRecurrent.js";
import type { Place, Signal, Weight } from "./signal.js";
import { addWords } from "./graphWords.js";

type AddLayer<Type extends LayerType> = (spec: SpecOf<Type>, signal: Signal, place: Place) => Signal;

const layers: { [Type in LayerType]: AddLayer<Type> } = {
  embedding: ({ units }, signal, { graph, name, weight }) => ({
    ...signal,
    values: embedded(graph, name, signal.values, weight("table"), units),
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
    const read = mask ? mask.within(`${name}_read`, values) : values;
    const lost = padding === "valid" ? widths[0]!.size - 1 : 0;
    const [steps = null] = values.shape;
    const parts = widths.map(({ filters, size }, index) =>
      graph.add(`${name}_${index}`, {
        className: "Conv1D",
        config: { filters, kernel_size: [size], padding, activation: "relu" },
        inputs: [read],
        shape: [steps && steps - lost, filters],
        weights: { kernel: weight(`${index}/kernel`), bias: weight(`${index}/bias`) },
      }),
    );
    const left = lost > 0 && mask ? mask.shortened(`${name}_mask`, lost + 1) : mask;
    return { values: graph.concatenate(name, parts), ends: null, mask: left };
  },

  recurrent: addRecurrent,

  normalisation: (_, signal, { graph, name, weight }) => {
    const { values, ends } = signal;
    const normalised = (called: string, input: Value): Value =>
      graph.add(called, {
        className: "LayerNormalization",
        config: { axis: -1, epsilon: 1e-5 },
        inputs: [input],
        shape: input.shape,
        weights: { gamma: weight("scale"), beta: weight("shift") },
      });
    const whole = normalised(name, values);
    return { ...signal, values: whole, ends: ends && (ends === values ? whole : normalised(`${name}_ends`, ends)) };
  },

  residual: ({ over }, signal, { graph, name, earlier }) => {
    const read = earlier.at(-over)!;
    return {
      ...signal,
      values: graph.merge(name, "Add", [read.values, signal.values]),
      ends: signal.ends && read.ends && graph.merge(`${name}_ends`, "Add", [read.ends, signal.ends]),
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

export const addLayer = (spec: LayerSpec, signal: Signal, place: Place): Signal =>
  (layers[spec.type] as AddLayer<LayerType>)(spec, signal, place);

/** Logits, or a regressor's number, of what the last layer made. */
export const addHead = (graph: Graph, { values }: Signal, kernel: Weight, bias: Weight): Value =>
  graph.add("head", {
    className: "Dense",
    config: { units: bias.shape[0]! },
    inputs: [values],
    shape: [...values.shape.slice(0, -1), widthOf(bias.shape)],
    weights: { kernel, bias },
  });
