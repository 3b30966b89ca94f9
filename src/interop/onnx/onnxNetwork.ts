/** @file Converts a network to an ONNX graph. */
import { kindOf } from "../../network/layers/index.js";
import { embeddingTable, headBias, headKernel, layerName, type Network } from "../../network/network.js";
import { isPooled } from "../../network/spec.js";
import { GraphBuilder } from "./onnxGraph.js";
import { type OnnxSignal, weightsWithin } from "./onnxLayer.js";
import { addOnnxLayer } from "./onnxLayers.js";
import type { OnnxGraph } from "./onnxMessages.js";
import { addOutputs, inputSignal, Ports, type Scales } from "./onnxPorts.js";

/**
 * Inputs: `tokens` int32 [batch, time] or `numbers` float32 [batch, time, width] (unscaled), and `lengths` int32 [batch]. A tagger that reads characters has
 * `characters` int32 [batch, time, characters] and `character_lengths` int32 [batch, time]. A generator that carries its state has an input for each state
 * tensor, for example `hidden_0` float32 [batch, units], which is zero at the start of a text.
 * Outputs: `logits` float32 [batch, time, classes], or [batch, classes] after a pooling; for a classifier or a tagger also `probabilities`; for a regressor
 * `prediction` float32 [batch] (unscaled) instead; for each state tensor its value after the last step of each row, for example `next_hidden_0`.
 * @param quantized whether weights that are 8-bit integers times a scale are stored so
 */
export function buildOnnxGraph(network: Network, scales: Scales, quantized = false): OnnxGraph {
  const { spec } = network;
  const weights = network.values();
  const graph = new GraphBuilder(undefined, quantized);
  graph.scope = "inputs";
  const ports = new Ports(graph);
  const pooled = isPooled(spec);
  const states = spec.task === "generator" && !pooled ? ports.states : null;

  let signal = inputSignal(ports, spec, scales);
  let width = (spec.vocabulary ?? spec.width)!;
  let recurrentBefore = 0;
  const earlier: OnnxSignal[] = [];
  for (const [index, layer] of spec.layers.entries()) {
    graph.scope = layerName(layer, index);
    const weight = weightsWithin(graph, weights, graph.scope);
    const input = signal;
    signal = addOnnxLayer(layer, input, { graph, weight, states, recurrentBefore, width, earlier });
    earlier.push(input);
    width = kindOf(layer).width(layer, width);
    if (layer.type === "recurrent") recurrentBefore++;
  }

  graph.scope = "head";
  const weightOf = (name: string): string => graph.constant(name, weights.get(name)!.shape, weights.get(name)!.values);
  const kernel = spec.tied
    ? graph.node("Transpose", [weightOf(embeddingTable)], { perm: [1, 0] })
    : weightOf(headKernel);
  const features = pooled ? signal.values : graph.node("Transpose", [signal.values], { perm: [1, 0, 2] });
  const scores = graph.node("Add", [graph.node("MatMul", [features, kernel]), weightOf(headBias)]);
  addOutputs[spec.task](ports, scores, ["batch", ...(pooled ? [] : ["time"]), spec.classes], scales);
  return graph.graph("network", ports.inputs, ports.outputs);
}
