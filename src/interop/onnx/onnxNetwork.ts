/** @file A whole network as an ONNX graph. */
import { kindOf } from "../../network/layers/index.js";
import { embeddingTable, headBias, headKernel, layerName, type Network } from "../../network/network.js";
import { isPooled } from "../../network/spec.js";
import { GraphBuilder } from "./onnxGraph.js";
import { type Signal, weightsWithin } from "./onnxLayer.js";
import { graphOf } from "./onnxLayers.js";
import type { Graph } from "./onnxMessages.js";
import { answers, Ports, type Scales, signalFrom } from "./onnxPorts.js";

/**
 * Inputs: tokens int32 [batch, time] or numbers float32 [batch, time, width] as the corpus has them, and lengths int32 [batch]; where words are spelt
 * characters int32 [batch, time, characters] and character_lengths int32 [batch, time]; of a generator that carries a state each of its tensors, as hidden_0
 * float32 [batch, units], which begin with zeros.
 * Outputs: logits float32 [batch, time, classes], or [batch, classes] once pooled, and of a classifier or a tagger the probabilities; of a regressor its
 * prediction float32 [batch], as the corpus has its numbers; of a state what it is after each row's last step, as next_hidden_0.
 */
export function networkGraph(network: Network, scales: Scales): Graph {
  const { spec } = network;
  const weights = network.values();
  const graph = new GraphBuilder();
  graph.scope = "inputs";
  const ports = new Ports(graph);
  const pooled = isPooled(spec);
  const states = spec.task === "generator" && !pooled ? ports.states : null;

  let signal = signalFrom(ports, spec, scales);
  let width = (spec.vocabulary ?? spec.width)!;
  let recurrentBefore = 0;
  const earlier: Signal[] = [];
  for (const [index, layer] of spec.layers.entries()) {
    graph.scope = layerName(layer, index);
    const weight = weightsWithin(graph, weights, graph.scope);
    const read = signal;
    signal = graphOf(layer)(layer, read, { graph, weight, states, recurrentBefore, width, earlier });
    earlier.push(read);
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
  answers[spec.task](ports, scores, ["batch", ...(pooled ? [] : ["time"]), spec.classes], scales);
  return graph.graph("network", ports.inputs, ports.outputs);
}
