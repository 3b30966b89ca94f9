/** @file The poolings of the graph: each reads a row's own steps. */
import type { PoolingName } from "../../common/names.js";
import type { SpecOf } from "../../network/layers/layer.js";
import { type Graph, type Value, widthOf } from "./graph.js";
import type { Mask } from "./graphMask.js";
import type { Place, Signal } from "./signal.js";

type Given = Omit<Place, "name"> & { name: string; values: Value; ends: Value | null; mask: Mask };

/** [width] of [time, width] */
const poolings: { [Name in PoolingName]: (given: Given) => Value } = {
  last: ({ ends }) => ends!,

  /** What attention is where all steps answer alike. */
  mean: ({ graph, name, values, mask }) => weighted(graph, name, values, mask, mask.penalty),

  max: ({ graph, name, values, mask }) => {
    const inputs = [mask.farBeyond(`${name}_read`, values)];
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
    return weighted(graph, name, values, mask, graph.merge(`${name}_far`, "Add", [scores, mask.penalty]));
  },

  flatten: ({ graph, name, values, mask }) => {
    const [steps, width] = values.shape as [number, number];
    const inputs = [mask.within(`${name}_read`, values)];
    return graph.add(name, { className: "Flatten", inputs, shape: [steps * width] });
  },
};

/** Σ step · softmax(scores), over a row's own steps; zeros for a row without any. @param scores [time, 1], far below past a row's end */
function weighted(graph: Graph, name: string, values: Value, mask: Mask, scores: Value): Value {
  const flat = graph.reshape(`${name}_flat`, scores, [-1]);
  const softmax = graph.add(`${name}_softmax`, {
    className: "Softmax",
    config: { axis: -1 },
    inputs: [flat],
    shape: flat.shape,
  });
  const shares = mask.within(`${name}_shares`, graph.reshape(`${name}_softmax_column`, softmax, [-1, 1]));
  const width = widthOf(values.shape);
  const config = { axes: 1, normalize: false };
  const sum = graph.add(`${name}_sum`, { className: "Dot", config, inputs: [shares, values], shape: [1, width] });
  return graph.reshape(name, sum, [width]);
}

export function addPooling({ over }: SpecOf<"pooling">, signal: Signal, place: Place): Signal {
  const { values, ends, mask } = signal;
  const parts = over.map((pooling, index) => {
    const name = `${place.name}_${pooling}_${index}`;
    return poolings[pooling as PoolingName]({ ...place, name, values, ends, mask: mask! });
  });
  return { ...signal, values: place.graph.concatenate(place.name, parts) };
}
