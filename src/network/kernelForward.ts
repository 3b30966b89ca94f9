/**
 * @file The forward pass of a classifier or regressor on a backend's kernels alone, without TF.js: it starts in a fraction of the time, and a batch makes no
 * tensors. Its reference is `Network.logits`, whose bits it has, since the kernels and their arguments are the same.
 */
import { activeKernels, type KernelMemory, readable } from "../engine/kernelBackend/kernelMemory.js";
import type { BatchInputs } from "../examples/batch.js";
import type { KernelLayer, KernelPass, KernelSignal } from "./kernelLayer.js";
import {
  kernelCausalConvolution,
  kernelConvolution,
  kernelDense,
  kernelGatedMlp,
  kernelNormalization,
  kernelProjection,
  kernelResidual,
  kernelRmsNorm,
} from "./kernelBlocks.js";
import { kernelNumbers, kernelPooling } from "./kernelPoolings.js";
import { kernelRecurrent } from "./kernelRecurrent.js";
import type { SpecOf } from "./layers/layer.js";
import { headBias, headKernel, layerName, type Network } from "./network.js";
import type { LayerSpec, LayerType } from "./spec.js";

const always = () => true;

const embedding: KernelLayer<SpecOf<"embedding">> = {
  supports: always,
  forward: ({ units }, { tokens }, { weight }) => ({ tokens, values: weight("table"), width: units, ends: [] }),
};

/** The layers that the kernels compute without TF.js; a network with another layer runs on tensors. */
const kernelLayers: { readonly [Type in LayerType]?: KernelLayer<SpecOf<Type>> } = {
  embedding,
  dropout: { supports: always, forward: (_, signal) => signal },
  recurrent: kernelRecurrent,
  normalisation: kernelNormalization,
  residual: kernelResidual,
  "rms-norm": kernelRmsNorm,
  "causal-convolution": kernelCausalConvolution,
  projection: kernelProjection,
  "gated-mlp": kernelGatedMlp,
  pooling: kernelPooling,
  numbers: kernelNumbers,
  convolution: kernelConvolution,
  dense: kernelDense,
};

const kernelLayerOf = ({ type }: LayerSpec): KernelLayer<LayerSpec> | undefined => kernelLayers[type];

/** A network's weights as the kernels read them, by name: null if the backend or a layer needs TF.js. */
const weightsOfNetworks = new WeakMap<Network, Map<string, Float32Array> | null>();

/** Null unless the active backend has kernels and all of the network's layers run on them. */
function kernelWeights(network: Network, memory: KernelMemory): Map<string, Float32Array> | null {
  const { spec } = network;
  const isPooled = spec.layers.some(({ type }) => type === "pooling");
  if (
    !isPooled ||
    spec.tied ||
    spec.adaptive ||
    !spec.layers.every((layer) => kernelLayerOf(layer)?.supports(layer) === true)
  )
    return null;
  const stored = [...network.stored!];
  const weights = new Map(stored.map(([name, { values }]) => [name, readable(memory, values)]));
  network.whenDisposed(() => {
    for (const [name, { values }] of stored) if (weights.get(name) !== values) memory.pool.give(weights.get(name)!);
  });
  return weights;
}

/**
 * The logits of a pooled network, [batch · classes], on the kernels alone.
 * @returns null if the backend or a layer needs TF.js, or if the weights are tensors already, as in training
 */
export function logitsOnKernels(network: Network, inputs: BatchInputs): Float32Array | null {
  const memory = activeKernels();
  if (memory === null || !network.stored) return null;
  if (!weightsOfNetworks.has(network)) weightsOfNetworks.set(network, kernelWeights(network, memory));
  const weights = weightsOfNetworks.get(network);
  return weights ? forward(network.spec, weights, memory, inputs) : null;
}

function inputSignal(inputs: BatchInputs, take: KernelPass["take"]): KernelSignal {
  if ("tokens" in inputs) return { tokens: inputs.tokens, values: new Float32Array(0), width: 0, ends: [] };
  return { tokens: null, values: copied(inputs.numbers, take)!, width: inputs.width, ends: [] };
}

/** In memory that the kernels read. */
function copied(values: Float32Array | undefined, take: KernelPass["take"]): Float32Array | undefined {
  if (!values) return undefined;
  const copy = take(values.length);
  copy.set(values);
  return copy;
}

function forward(
  { layers, classes }: Network["spec"],
  weights: ReadonlyMap<string, Float32Array>,
  memory: KernelMemory,
  inputs: BatchInputs,
): Float32Array {
  const { kernels, pool } = memory;
  const { time, rows: batch, lengths } = inputs;
  const taken: Float32Array[] = [];
  const take = (count: number): Float32Array => {
    const buffer = pool.take(count);
    taken.push(buffer);
    return buffer;
  };
  let signal = inputSignal(inputs, take);
  const textNumbers = "tokens" in inputs ? copied(inputs.textNumbers, take) : undefined;
  const earlier: KernelSignal[] = [];
  for (const [index, layer] of layers.entries()) {
    const weight = (name: string): Float32Array => weights.get(`${layerName(layer, index)}/${name}`)!;
    const pass = {
      ...memory,
      time,
      batch,
      lengths,
      textNumbers,
      take,
      weight,
      after: layers.slice(index + 1),
      earlier,
    };
    const next = kernelLayerOf(layer)!.forward(layer, signal, pass);
    earlier.push(signal);
    signal = next;
  }
  const output = take(batch * classes);
  kernels.matmul({
    rows: batch,
    inner: signal.width,
    columns: classes,
    transposeA: false,
    transposeB: false,
    a: signal.values,
    b: weights.get(headKernel)!,
    bias: null,
    output,
  });
  const bias = weights.get(headBias)!;
  const logits = output.map((value, index) => value + bias[index % classes]!);
  for (const buffer of taken) pool.give(buffer);
  return logits;
}
