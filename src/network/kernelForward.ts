/**
 * @file The forward pass of a classifier or regressor on a backend's kernels alone, without TF.js: it starts in a fraction of the time, and a batch makes no
 * tensors. Its reference is `Network.logits`, whose bits it has, since the kernels and their arguments are the same.
 */
import type { CellName } from "../common/names.js";
import { backendExtension } from "../engine/ops/dispatch.js";
import { activeKernels, type KernelMemory, readable } from "../engine/kernelBackend/kernelMemory.js";
import { runForward } from "../engine/kernelBackend/recurrentForward.js";
import { minPositionsPerToken } from "../engine/ops/recurrent.js";
import type { BatchInputs } from "../examples/batch.js";
import { cellNamed } from "./cells.js";
import { endsSuffice } from "./layers/index.js";
import type { SpecOf } from "./layers/layer.js";
import { headBias, headKernel, layerName, type Network } from "./network.js";
import type { LayerSpec, LayerType } from "./spec.js";

/** What one layer passes to the next. */
type KernelSignal = {
  /** Tokens of an embedding whose table the next layer reads: [time, batch]. */
  tokens: Int32Array | null;
  /** [time, batch, width]; the table [vocabulary, width] if there are tokens; [batch, width] once pooled. */
  values: Float32Array;
  width: number;
  /** The last output of each direction of the recurrent layer before, each [batch, units]. */
  ends: Float32Array[];
};

/** Sizes of the batch, a layer's weights by name, and buffers that are returned to the pool after the pass. */
type KernelPass = KernelMemory & {
  time: number;
  batch: number;
  lengths: Int32Array | null;
  weight: (name: string) => Float32Array;
  take: (count: number) => Float32Array;
  after: readonly LayerSpec[];
};

type KernelLayer<Spec> = {
  supports(spec: Spec): boolean;
  forward(spec: Spec, signal: KernelSignal, pass: KernelPass): KernelSignal;
};

const always = () => true;

const embedding: KernelLayer<SpecOf<"embedding">> = {
  supports: always,
  forward: ({ units }, { tokens }, { weight }) => ({ tokens, values: weight("table"), width: units, ends: [] }),
};

/** The sequence [time, batch, width], looked up if it is a lookup. */
function sequenceOf({ tokens, values, width }: KernelSignal, { kernels, take }: KernelPass): Float32Array {
  if (tokens === null) return values;
  const output = take(tokens.length * width);
  kernels.embeddingForward({
    vocabulary: values.length / width,
    width,
    count: tokens.length,
    table: values,
    tokens,
    output,
  });
  return output;
}

const recurrent: KernelLayer<SpecOf<"recurrent">> = {
  supports: ({ cell, learnedStart }) => !learnedStart && backendExtension().fusedCells?.has(cell) === true,
  forward: ({ cell, units, bidirectional }, signal, pass) => {
    const { kernels, time, batch, lengths, take, weight, after } = pass;
    const directions = bidirectional ? ["forward", "backward"] : ["forward"];
    const stride = directions.length * units;
    const states = Array<number>(cellNamed(cell).states).fill(batch * units);
    const vocabulary = signal.values.length / signal.width;
    const readsTable = signal.tokens !== null && minPositionsPerToken * vocabulary <= signal.tokens.length;
    const outputs = endsSuffice(after) ? null : take(time * batch * stride);
    const last = directions.map(() => states.map(take));
    runForward(
      kernels,
      {
        cell: cell as CellName, // one of fusedCells
        time,
        batch,
        inputs: signal.width,
        units,
        vocabulary: readsTable ? vocabulary : 0,
      },
      readsTable
        ? { sequence: signal.values, tokens: signal.tokens, lengths }
        : { sequence: sequenceOf(signal, pass), tokens: null, lengths },
      outputs,
      directions.map((direction, index) => ({
        kernel: weight(`${direction}/kernel`),
        recurrent: weight(`${direction}/recurrent`),
        bias: weight(`${direction}/bias`),
        mask: null,
        initial: [],
        saved: null,
        last: last[index]!,
      })),
    );
    const ends = last.map(([hidden]) => hidden!);
    return { tokens: null, values: outputs ?? new Float32Array(0), width: stride, ends };
  },
};

/** Writes one pooling's columns, offset … offset + width of output [batch, stride]. */
type KernelPooling = (
  sizes: { time: number; batch: number; width: number; stride: number; offset: number },
  buffers: { lengths: Int32Array | null; sequence: Float32Array; output: Float32Array; ends: Float32Array[] },
  pass: KernelPass,
) => void;

const kernelPoolings: Partial<Record<string, KernelPooling>> = {
  last: ({ batch, stride, offset }, { ends, output }, { kernels }) => {
    for (const [index, from] of ends.entries()) {
      const width = from.length / batch;
      const toOffset = offset + index * width;
      kernels.copyColumns({
        rows: batch,
        width,
        fromStride: width,
        fromOffset: 0,
        toStride: stride,
        toOffset,
        from,
        to: output,
      });
    }
  },
  mean: (sizes, { lengths, sequence, output }, { kernels }) =>
    kernels.poolMeanForward({ ...sizes, lengths, sequence, output }),
  max: (sizes, { lengths, sequence, output }, { kernels }) =>
    kernels.poolMaxForward({
      ...sizes,
      lengths,
      sequence,
      output,
      positions: new Int32Array(sizes.batch * sizes.width),
    }),
};

const pooling: KernelLayer<SpecOf<"pooling">> = {
  supports: ({ over }) => over.every((name) => name in kernelPoolings),
  forward: ({ over }, signal, pass) => {
    const { time, batch, lengths, take } = pass;
    const { width, ends } = signal;
    const stride = over.length * width;
    const output = take(batch * stride);
    const sequence = sequenceOf(signal, pass);
    for (const [index, name] of over.entries())
      kernelPoolings[name]!(
        { time, batch, width, stride, offset: index * width },
        { lengths, sequence, output, ends },
        pass,
      );
    return { tokens: null, values: output, width: stride, ends: [] };
  },
};

/** The layers that the kernels compute without TF.js; a network with another layer runs on tensors. */
const kernelLayers: { readonly [Type in LayerType]?: KernelLayer<SpecOf<Type>> } = {
  embedding,
  dropout: { supports: always, forward: (_, signal) => signal },
  recurrent,
  pooling,
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
  const values = take(inputs.numbers.length);
  values.set(inputs.numbers);
  return { tokens: null, values, width: inputs.width, ends: [] };
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
  for (const [index, layer] of layers.entries()) {
    const weight = (name: string): Float32Array => weights.get(`${layerName(layer, index)}/${name}`)!;
    const pass: KernelPass = { ...memory, time, batch, lengths, take, weight, after: layers.slice(index + 1) };
    signal = kernelLayerOf(layer)!.forward(layer, signal, pass);
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
