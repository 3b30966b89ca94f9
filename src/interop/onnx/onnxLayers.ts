/** @file What each type of layer is in ONNX's operators. */
import type { LayerSpec, LayerType } from "../../network/spec.js";
import type { GraphBuilder } from "./onnxGraph.js";
import { type LayerGraph, type Signal, type SpecOf, type Steps, stepsOf, withinLengths } from "./onnxLayer.js";
import { poolingGraph } from "./onnxPoolings.js";
import { recurrentGraph } from "./onnxRecurrent.js";
import { wordsGraph } from "./onnxWords.js";

const embedding: LayerGraph<SpecOf<"embedding">> = (_, signal, { graph, weight }) => ({
  ...signal,
  values: graph.node("Gather", [weight("table").name(), signal.values]),
});

/** Normalises ends as they are, as src/network/layers/normalizationLayer.ts does. */
const normalisation: LayerGraph<SpecOf<"normalisation">> = (_, signal, { graph, weight }) => {
  const normalise = (values: string): string =>
    graph.node("LayerNormalization", [values, weight("scale").name(), weight("shift").name()]); // its epsilon is 1e-5 too
  return { ...signal, values: normalise(signal.values), ends: signal.ends && normalise(signal.ends) };
};

const residual: LayerGraph<SpecOf<"residual">> = ({ over }, signal, { graph, earlier }) => {
  const read = earlier.at(-over)!;
  return {
    ...signal,
    values: graph.node("Add", [read.values, signal.values]),
    ends: signal.ends && read.ends && graph.node("Add", [read.ends, signal.ends]),
  };
};

const dense: LayerGraph<SpecOf<"dense">> = (_, signal, { graph, weight }) => {
  const product = graph.node("MatMul", [signal.values, weight("kernel").name()]);
  return { ...signal, values: graph.node("Relu", [graph.node("Add", [product, weight("bias").name()])]) };
};

/**
 * ONNX's convolution reads [batch, width, time] and knows no lengths: rows are zero past their ends. Without padding there are as many steps as with it,
 * and the rows' lengths tell which of them are whole windows: so a sequence may be shorter than a window.
 */
const convolution: LayerGraph<SpecOf<"convolution">> = ({ widths, padding }, signal, { graph, weight }) => {
  const read = graph.node("Transpose", [withinLengths(graph, signal)], { perm: [1, 2, 0] });
  const outputs = widths.map(({ size }, index) => {
    const before = padding === "same" ? Math.floor((size - 1) / 2) : 0;
    const kernel = graph.node("Transpose", [weight(`${index}/kernel`).name()], { perm: [2, 1, 0] }); // [filters, inputs, size]
    const given = [read, kernel, weight(`${index}/bias`).name()];
    return graph.node("Conv", given, { kernel_shape: [size], pads: [before, size - 1 - before] });
  });
  const joined = outputs.length === 1 ? outputs[0]! : graph.node("Concat", outputs, { axis: 1 });
  const values = graph.node("Transpose", [graph.node("Relu", [joined])], { perm: [2, 0, 1] });
  const lost = padding === "same" ? 0 : widths[0]!.size - 1;
  return { ...signal, values, steps: lost === 0 ? signal.steps : shorter(graph, signal, lost), ends: null };
};

const shorter = (graph: GraphBuilder, { values, steps }: Signal, lost: number): Steps => {
  const left = graph.node("Sub", [steps.lengths, graph.integer(lost)]);
  return stepsOf(graph, graph.node("Max", [left, graph.integer(0)]), values);
};

const layers: { [Type in LayerType]: LayerGraph<SpecOf<Type>> } = {
  embedding,
  words: wordsGraph,
  dropout: (_, signal) => signal, // there is none but in training
  recurrent: recurrentGraph,
  normalisation,
  residual,
  pooling: poolingGraph,
  convolution,
  dense,
};

/** What a layer of any type adds to a graph. */
export const graphOf = (layer: LayerSpec): LayerGraph<LayerSpec> => layers[layer.type] as LayerGraph<LayerSpec>;
