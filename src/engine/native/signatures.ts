/** @file What each native kernel takes: the table of src/kernels/signatures.def, as types. A test compares the two. */

import type { CellName } from "../../names.js";

/** What an argument is to JavaScript. `floats`, `indices` and `uniforms` are read; `result`, `positions` and `doubles` are written. A `?` may be null. */
type ArgumentTypes = {
  cell: CellName;
  count: number;
  flag: boolean;
  seed: number;
  scalar: number;
  floats: Float32Array;
  "floats?": Float32Array | null;
  indices: Int32Array;
  "indices?": Int32Array | null;
  result: Float32Array;
  "result?": Float32Array | null;
  positions: Int32Array;
  doubles: Float64Array;
  "floats[]": Float32Array[];
  "result[]": Float32Array[];
  uniforms: Float64Array;
};

/** Each buffer's size and meaning is told in signatures.def. */
export const signatures = {
  matmul: {
    rows: "count",
    inner: "count",
    columns: "count",
    transposeA: "flag",
    transposeB: "flag",
    a: "floats",
    b: "floats",
    bias: "floats?",
    output: "result",
  },
  embeddingForward: {
    vocabulary: "count",
    width: "count",
    count: "count",
    table: "floats",
    tokens: "indices",
    output: "result",
  },
  embeddingBackward: {
    vocabulary: "count",
    width: "count",
    count: "count",
    tokens: "indices",
    gradient: "floats",
    tableGradient: "result",
  },
  recurrentForward: {
    cell: "cell",
    time: "count",
    batch: "count",
    inputs: "count",
    units: "count",
    stride: "count",
    offset: "count",
    backwards: "flag",
    vocabulary: "count",
    tokens: "indices?",
    sequence: "floats",
    lengths: "indices?",
    kernel: "floats",
    recurrent: "floats",
    bias: "floats",
    initialHidden: "floats?",
    initialCell: "floats?",
    outputs: "result",
    kept: "result?",
    lastHidden: "result",
    lastCell: "result?",
  },
  recurrentBackward: {
    cell: "cell",
    time: "count",
    batch: "count",
    inputs: "count",
    units: "count",
    stride: "count",
    offset: "count",
    backwards: "flag",
    accumulate: "flag",
    vocabulary: "count",
    tokens: "indices?",
    sequence: "floats",
    lengths: "indices?",
    kernel: "floats",
    recurrent: "floats",
    initialHidden: "floats?",
    initialCell: "floats?",
    outputs: "floats",
    kept: "result",
    outputsGradient: "floats?",
    lastHiddenGradient: "floats?",
    lastCellGradient: "floats?",
    sequenceGradient: "result?",
    kernelGradient: "result",
    recurrentGradient: "result",
    biasGradient: "result",
    initialHiddenGradient: "result?",
    initialCellGradient: "result?",
  },
  decoderPack: { inner: "count", gates: "count", units: "count", matrix: "floats", packed: "result" },
  decode: {
    cell: "cell",
    rows: "count",
    steps: "count",
    vocabulary: "count",
    embedding: "count",
    layers: "count",
    units: "indices",
    table: "floats",
    weightsSize: "count",
    weights: "floats",
    projection: "count",
    projected: "count",
    projections: "result",
    known: "positions",
    states: "count",
    state: "result",
    temperature: "scalar",
    topK: "count",
    topP: "scalar",
    minP: "scalar",
    bans: "count",
    banned: "indices",
    last: "indices",
    uniforms: "uniforms",
    logits: "result",
    tokens: "positions",
  },
  crossEntropyHead: {
    rows: "count",
    width: "count",
    classes: "count",
    inputs: "floats",
    kernel: "floats",
    bias: "floats",
    targets: "indices",
    loss: "doubles",
    inputsGradient: "result?",
    kernelGradient: "result?",
    biasGradient: "result?",
  },
  poolMeanForward: {
    time: "count",
    batch: "count",
    width: "count",
    lengths: "indices?",
    sequence: "floats",
    output: "result",
  },
  poolMeanBackward: {
    time: "count",
    batch: "count",
    width: "count",
    lengths: "indices?",
    gradient: "floats",
    sequenceGradient: "result",
  },
  poolMaxForward: {
    time: "count",
    batch: "count",
    width: "count",
    lengths: "indices?",
    sequence: "floats",
    output: "result",
    positions: "positions",
  },
  poolMaxBackward: {
    time: "count",
    batch: "count",
    width: "count",
    positions: "indices",
    gradient: "floats",
    sequenceGradient: "result",
  },
  dropout: { count: "count", rate: "scalar", seed: "seed", input: "floats", output: "result" },
  adamUpdate: {
    tensors: "count",
    sizes: "indices",
    learningRate: "scalar",
    beta1: "scalar",
    beta2: "scalar",
    epsilon: "scalar",
    correction1: "scalar",
    correction2: "scalar",
    weightDecay: "scalar",
    clip: "scalar",
    gradients: "floats[]",
    weights: "result[]",
    means: "result[]",
    variances: "result[]",
    norm: "doubles",
  },
  sgdUpdate: {
    tensors: "count",
    sizes: "indices",
    learningRate: "scalar",
    clip: "scalar",
    gradients: "floats[]",
    weights: "result[]",
    norm: "doubles",
  },
  momentumUpdate: {
    tensors: "count",
    sizes: "indices",
    learningRate: "scalar",
    momentum: "scalar",
    nesterov: "flag",
    clip: "scalar",
    gradients: "floats[]",
    weights: "result[]",
    velocities: "result[]",
    norm: "doubles",
  },
  rmspropUpdate: {
    tensors: "count",
    sizes: "indices",
    learningRate: "scalar",
    beta: "scalar",
    epsilon: "scalar",
    clip: "scalar",
    gradients: "floats[]",
    weights: "result[]",
    squares: "result[]",
    norm: "doubles",
  },
} as const satisfies Record<string, Record<string, keyof ArgumentTypes>>;

type Signatures = typeof signatures;
export type KernelName = keyof Signatures;

/** One object with every argument of a kernel by name. */
export type KernelArguments<Name extends KernelName> = {
  [Argument in keyof Signatures[Name]]: ArgumentTypes[Signatures[Name][Argument] & keyof ArgumentTypes];
};

/** Each throws a TypeError or RangeError that names the kernel and the argument if one is missing or does not fit. */
export type Kernels = { [Name in KernelName]: (values: KernelArguments<Name>) => void };
