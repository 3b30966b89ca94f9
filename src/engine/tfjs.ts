/**
 * @file TF.js, loaded at its first use: a forward pass on the kernels alone does not need it. It is loaded as CommonJS: through `import`, Node would first
 * search its 1.2 MB for exported names, which takes longer than running it.
 */
import { createRequire } from "node:module";

export type * from "@tensorflow/tfjs-core";
export type Tfjs = typeof import("@tensorflow/tfjs-core");
type CpuBackend = typeof import("@tensorflow/tfjs-backend-cpu");

const load = createRequire(import.meta.url);
let loaded: Tfjs | undefined;
let prepare: (() => void) | undefined;

/** All of TF.js. */
export function tfjs(): Tfjs {
  if (loaded !== undefined) return loaded;
  loaded = load("@tensorflow/tfjs-core") as Tfjs;
  const cpu = load("@tensorflow/tfjs-backend-cpu") as CpuBackend;
  Object.setPrototypeOf(MathBackendCPU.prototype, cpu.MathBackendCPU.prototype);
  prepare?.();
  return loaded;
}

/** Runs a function once TF.js is loaded: now if it is, else before its first use. A later function replaces one that has not run. */
export function whenLoaded(run: () => void): void {
  if (loaded === undefined) prepare = run;
  else run();
}

/** The class of TF.js's CPU backend, which a class may extend before TF.js is loaded: `tfjs()` gives it the methods. */
export const MathBackendCPU = function (this: object): object {
  tfjs();
  return Reflect.construct(
    (load("@tensorflow/tfjs-backend-cpu") as CpuBackend).MathBackendCPU,
    [],
    new.target,
  ) as object;
} as unknown as CpuBackend["MathBackendCPU"];

type Functions = {
  [Name in keyof Tfjs as Tfjs[Name] extends (...given: never[]) => unknown ? Name : never]: Tfjs[Name];
};

/** A function of TF.js that loads TF.js when it is called. */
const lazy = <Name extends keyof Functions>(name: Name): Functions[Name] => {
  const call = (...given: never[]): unknown => {
    const run: (...given: never[]) => unknown = tfjs()[name];
    return run(...given);
  };
  return call as Functions[Name];
};

// The functions that the project uses: import them from here, and add those that are missing.
export const add = lazy("add");
export const argMax = lazy("argMax");
export const broadcastTo = lazy("broadcastTo");
export const cast = lazy("cast");
export const clone = lazy("clone");
export const concat = lazy("concat");
export const dispose = lazy("dispose");
export const div = lazy("div");
export const enableProdMode = lazy("enableProdMode");
export const engine = lazy("engine");
export const equal = lazy("equal");
export const expandDims = lazy("expandDims");
export const fill = lazy("fill");
export const gather = lazy("gather");
export const getBackend = lazy("getBackend");
export const getKernel = lazy("getKernel");
export const getKernelsForBackend = lazy("getKernelsForBackend");
export const greater = lazy("greater");
export const greaterEqual = lazy("greaterEqual");
export const keep = lazy("keep");
export const less = lazy("less");
export const lessEqual = lazy("lessEqual");
export const logSoftmax = lazy("logSoftmax");
export const logicalAnd = lazy("logicalAnd");
export const logicalNot = lazy("logicalNot");
export const matMul = lazy("matMul");
export const max = lazy("max");
export const maximum = lazy("maximum");
export const mean = lazy("mean");
export const logSumExp = lazy("logSumExp");
export const mul = lazy("mul");
export const neg = lazy("neg");
export const notEqual = lazy("notEqual");
export const ones = lazy("ones");
export const pad = lazy("pad");
export const pow = lazy("pow");
export const range = lazy("range");
export const registerBackend = lazy("registerBackend");
export const registerGradient = lazy("registerGradient");
export const registerKernel = lazy("registerKernel");
export const relu = lazy("relu");
export const reshape = lazy("reshape");
export const reverse = lazy("reverse");
export const setBackend = lazy("setBackend");
export const sigmoid = lazy("sigmoid");
export const sign = lazy("sign");
export const slice = lazy("slice");
export const softmax = lazy("softmax");
export const split = lazy("split");
export const sqrt = lazy("sqrt");
export const square = lazy("square");
export const stack = lazy("stack");
export const sub = lazy("sub");
export const sum = lazy("sum");
export const tanh = lazy("tanh");
export const tensor = lazy("tensor");
export const tensor1d = lazy("tensor1d");
export const tensor2d = lazy("tensor2d");
export const tidy = lazy("tidy");
export const transpose = lazy("transpose");
export const unsortedSegmentSum = lazy("unsortedSegmentSum");
export const unstack = lazy("unstack");
export const variable = lazy("variable");
export const variableGrads = lazy("variableGrads");
export const where = lazy("where");
export const zeros = lazy("zeros");
export const zerosLike = lazy("zerosLike");

export const getReductionAxes: Tfjs["broadcast_util"]["getReductionAxes"] = (...given) =>
  tfjs().broadcast_util.getReductionAxes(...given);
export const arraysEqual: Tfjs["util"]["arraysEqual"] = (...given) => tfjs().util.arraysEqual(...given);
export const parseAxisParam: Tfjs["util"]["parseAxisParam"] = (...given) => tfjs().util.parseAxisParam(...given);
export const sizeFromShape: Tfjs["util"]["sizeFromShape"] = (...given) => tfjs().util.sizeFromShape(...given);
