/** @file TF.js, loaded as CommonJS: through `import`, Node would first search its 1.2 MB for exported names, which takes longer than running it. */
import { createRequire } from "node:module";

const load = createRequire(import.meta.url);
const core = load("@tensorflow/tfjs-core") as typeof import("@tensorflow/tfjs-core");
const cpu = load("@tensorflow/tfjs-backend-cpu") as typeof import("@tensorflow/tfjs-backend-cpu");

/** All of TF.js, for cells and poolings that a user defines. */
export const tf = core;

export type * from "@tensorflow/tfjs-core";
export const { MathBackendCPU } = cpu;

/** The ops and functions that the project uses: import them from here, and add those that are missing. */
export const {
  add,
  argMax,
  broadcastTo,
  broadcast_util,
  cast,
  clone,
  concat,
  dispose,
  div,
  enableProdMode,
  engine,
  equal,
  expandDims,
  fill,
  gather,
  getBackend,
  getKernel,
  getKernelsForBackend,
  greater,
  greaterEqual,
  keep,
  less,
  lessEqual,
  logSoftmax,
  logicalAnd,
  logicalNot,
  matMul,
  max,
  maximum,
  mean,
  mul,
  neg,
  notEqual,
  ones,
  pad,
  pow,
  range,
  registerBackend,
  registerGradient,
  registerKernel,
  relu,
  reshape,
  reverse,
  setBackend,
  sigmoid,
  sign,
  slice,
  softmax,
  split,
  sqrt,
  square,
  stack,
  sub,
  sum,
  tanh,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  transpose,
  unsortedSegmentSum,
  unstack,
  util,
  variable,
  variableGrads,
  where,
  zeros,
  zerosLike,
} = core;
