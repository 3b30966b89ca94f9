/** @file The layers as ONNX operators. */
import type { SpecOf } from "../../network/layers/layer.js";
import type { LayerSpec, LayerType } from "../../network/spec.js";
import { onnxBlockLayers } from "./onnxBlockLayers.js";
import { onnxLstm } from "./onnxCells.js";
import type { GraphBuilder } from "./onnxGraph.js";
import { type OnnxLayer, type OnnxSignal, type OnnxSteps, stepsOfLengths, withZeroPadding } from "./onnxLayer.js";
import { addPoolingNodes } from "./onnxPoolings.js";
import { addRecurrentNodes } from "./onnxRecurrent.js";

const embedding: OnnxLayer<SpecOf<"embedding">> = (_, signal, { graph, weight }) => ({
  ...signal,
  values: graph.node("Gather", [weight("table").name(), signal.values]),
});

/** Also normalizes the last outputs, as src/network/layers/normalizationLayer.ts does. */
const normalisation: OnnxLayer<SpecOf<"normalisation">> = (_, signal, { graph, weight }) => {
  const normalize = (values: string): string =>
    graph.node("LayerNormalization", [values, weight("scale").name(), weight("shift").name()]); // default epsilon: 1e-5, as here
  return { ...signal, values: normalize(signal.values), ends: signal.ends && normalize(signal.ends) };
};

const residual: OnnxLayer<SpecOf<"residual">> = ({ over }, signal, { graph, earlier }) => {
  const read = earlier.at(-over)!;
  return {
    ...signal,
    values: graph.node("Add", [read.values, signal.values]),
    ends: signal.ends && read.ends && graph.node("Add", [read.ends, signal.ends]),
  };
};

/** Words with their characters: the vector of each word, concatenated with the last outputs of a bidirectional LSTM over its characters. */
const words: OnnxLayer<SpecOf<"words">> = ({ characters: { units } }, signal, { graph, weight }) => {
  const { characters, lengths } = signal.spelling!;
  const vectors = graph.node("Gather", [weight("characters/table").name(), characters]); // [characters, time · batch, width]
  const { last } = onnxLstm(
    graph,
    { values: vectors, steps: stepsOfLengths(graph, lengths, vectors) },
    ["forward", "backward"].map((name, index) => ({
      index,
      units,
      weight: (part) => weight(`characters/${name}/${part}`),
      initial: null,
      lowerBound: 0,
    })),
  );
  const outputs = last.map(([output]) => output!);
  const ends = graph.node("Concat", outputs, { axis: 1 }); // [time · batch, 2 · units]
  const shape = graph.node("Concat", [graph.node("Shape", [signal.values]), graph.sizes(2 * units)], { axis: 0 });
  const spelling = graph.node("Reshape", [ends, shape]); // [time, batch, 2 · units]
  const word = graph.node("Gather", [weight("table").name(), signal.values]);
  return { ...signal, values: graph.node("Concat", [word, spelling], { axis: 2 }) };
};

const dense: OnnxLayer<SpecOf<"dense">> = (_, signal, { graph, weight }) => {
  const product = graph.node("MatMul", [signal.values, weight("kernel").name()]);
  return { ...signal, values: graph.node("Relu", [graph.node("Add", [product, weight("bias").name()])]) };
};

/**
 * Conv reads [batch, width, time] and has no lengths, so rows are set to zero past their ends. With padding "valid" the output has as many steps as the
 * input, and the lengths say which of them are whole windows; so a sequence may be shorter than a window.
 */
const convolution: OnnxLayer<SpecOf<"convolution">> = ({ widths, padding }, signal, { graph, weight }) => {
  const read = graph.node("Transpose", [withZeroPadding(graph, signal)], { perm: [1, 2, 0] });
  const outputs = widths.map(({ size }, index) => {
    const before = padding === "same" ? Math.floor((size - 1) / 2) : 0;
    const kernel = graph.node("Transpose", [weight(`${index}/kernel`).name()], { perm: [2, 1, 0] }); // [filters, inputs, size]
    const given = [read, kernel, weight(`${index}/bias`).name()];
    return graph.node("Conv", given, { kernel_shape: [size], pads: [before, size - 1 - before] });
  });
  const joined = outputs.length === 1 ? outputs[0]! : graph.node("Concat", outputs, { axis: 1 });
  const values = graph.node("Transpose", [graph.node("Relu", [joined])], { perm: [2, 0, 1] });
  const lost = padding === "same" ? 0 : widths[0]!.size - 1;
  return { ...signal, values, steps: lost === 0 ? signal.steps : shortened(graph, signal, lost), ends: null };
};

const shortened = (graph: GraphBuilder, { values, steps }: OnnxSignal, lost: number): OnnxSteps => {
  const rest = graph.node("Sub", [steps.lengths, graph.integer(lost)]);
  return stepsOfLengths(graph, graph.node("Max", [rest, graph.integer(0)]), values);
};

/** The layers that the ONNX exporter supports. */
export const onnxLayers: Partial<Record<string, unknown>> & { [Type in LayerType]?: OnnxLayer<SpecOf<Type>> } = {
  embedding,
  words,
  dropout: (_, signal) => signal, // has an effect in training only
  recurrent: addRecurrentNodes,
  normalisation,
  residual,
  ...onnxBlockLayers,
  pooling: addPoolingNodes,
  convolution,
  dense,
};

/** Adds a layer of any type to a graph. @returns its output */
export const addOnnxLayer: OnnxLayer<LayerSpec> = (layer, input, context) =>
  (onnxLayers[layer.type] as OnnxLayer<LayerSpec>)(layer, input, context);
