/** @file The layers of pre-norm residual blocks in ONNX. */
import type { SpecOf } from "../../network/layers/layer.js";
import {
  expandToBatch,
  type OnnxContext,
  type OnnxLayer,
  type OnnxSignal,
  rmsNormalized,
  stepsAt,
  withZeroPadding,
} from "./onnxLayer.js";

/** Of the sequence, and of the last outputs if there are any. */
const ofBoth = (signal: OnnxSignal, run: (values: string) => string): OnnxSignal => ({
  ...signal,
  values: run(signal.values),
  ends: signal.ends && run(signal.ends),
});

const rmsNorm: OnnxLayer<SpecOf<"rms-norm">> = (_, signal, { graph, weight }) =>
  ofBoth(signal, (values) => graph.node("Mul", [rmsNormalized(graph, values), weight("scale").name()]));

const projection: OnnxLayer<SpecOf<"projection">> = (_, signal, { graph, weight }) =>
  ofBoth(signal, (values) => graph.node("MatMul", [values, weight("kernel").name()]));

const gatedMlp: OnnxLayer<SpecOf<"gated-mlp">> = ({ units }, signal, { graph, weight }) =>
  ofBoth(signal, (values) => {
    const sums = graph.node("MatMul", [values, weight("kernel").name()]);
    const [gate, value] = graph.outputs("Split", [sums, graph.sizes(units, units)], 2, { axis: -1 }) as [
      string,
      string,
    ];
    const silu = graph.node("Mul", [gate, graph.node("Sigmoid", [gate])]);
    return graph.node("MatMul", [graph.node("Mul", [silu, value]), weight("projection").name()]);
  });

/** A convolution with a group for each column, over the sequence after the inputs before it. */
const causalConvolution: OnnxLayer<SpecOf<"causal-convolution">> = ({ size, units }, signal, context) => {
  const { graph, weight } = context;
  const { shape, values: taps } = weight("kernel");
  const kernel = Float32Array.from(taps, (_, index) => taps[(index % size) * units + Math.floor(index / size)]!);
  const before = inputsBefore(size, units, signal, context);
  const padded = graph.node("Concat", [...before, withZeroPadding(graph, signal)], { axis: 0 }); // [time + size - 1, batch, units]
  const convolved = graph.node(
    "Conv",
    [
      graph.node("Transpose", [padded], { perm: [1, 2, 0] }),
      graph.constant(`${graph.scope}/kernel`, [units, 1, shape[0]!], kernel),
    ],
    { kernel_shape: [size], group: units },
  );
  keepInputs(size, units, padded, signal, context);
  return { ...signal, values: graph.node("Transpose", [convolved], { perm: [2, 0, 1] }), ends: null };
};

/** "inputs_0_0" is the oldest input that the convolution before the first recurrent layer keeps. */
const stateName = ({ recurrentBefore }: OnnxContext, part: number): string => `inputs_${recurrentBefore}_${part}`;

/** The inputs before the first step, each [1, batch, units]. */
const inputsBefore = (size: number, units: number, { steps }: OnnxSignal, context: OnnxContext): string[] => {
  const { graph, states } = context;
  return Array.from({ length: size - 1 }, (_, part) => {
    const input =
      states?.before(stateName(context, part), units) ?? expandToBatch(graph, graph.number(0), steps.lengths, units);
    return graph.node("Unsqueeze", [input, graph.sizes(0)]);
  });
};

/** Outputs for the inputs that precede the step after each row's last one. */
function keepInputs(size: number, units: number, padded: string, { steps }: OnnxSignal, context: OnnxContext): void {
  const { graph, states } = context;
  if (states === null) return;
  const column = graph.node("Unsqueeze", [steps.lengths, graph.sizes(1)]); // [batch, 1]
  for (let part = 0; part < size - 1; part++) {
    const kept = stepsAt(graph, padded, graph.node("Add", [column, graph.integer(part)])); // [batch, 1, units]
    states.after(stateName(context, part), units, graph.node("Squeeze", [kept, graph.sizes(1)]));
  }
}

/** The layers, by their types. */
export const onnxBlockLayers = {
  "rms-norm": rmsNorm,
  projection,
  "gated-mlp": gatedMlp,
  "causal-convolution": causalConvolution,
};
