/** @file TF.js's matmul in C if our kernel supports the arguments; else TF.js's own. */
import { arraysEqual, getKernel, type KernelConfig, sizeFromShape, type Tensor, type TensorInfo } from "../tfjs.js";
import type { KernelBackend } from "./kernelBackend.js";

type Matrices = { a: Tensor; b: Tensor; bias?: Tensor };
type Attributes = { transposeA: boolean; transposeB: boolean; activation?: string };

/** Whether our kernel supports it: float32, equal batch shapes, a bias for each column, no activation. */
const isSupported = ({ a, b, bias }: Matrices, { activation = "linear" }: Attributes): boolean =>
  a.dtype === "float32" &&
  b.dtype === "float32" &&
  arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2)) &&
  activation === "linear" &&
  (bias === undefined || (bias.dtype === "float32" && bias.shape.length === 1 && bias.shape[0] === b.shape.at(-1)));

/** One matrix among several of the same size. */
const matrixAt = (values: Float32Array, size: number, index: number): Float32Array =>
  values.length === size ? values : values.subarray(index * size, (index + 1) * size);

function matmul(backend: KernelBackend, { a, b, bias }: Matrices, { transposeA, transposeB }: Attributes): TensorInfo {
  const stored = a.shape.slice(-2);
  const [rows, inner] = (transposeA ? stored.toReversed() : stored) as [number, number];
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const output = backend.output([...a.shape.slice(0, -2), rows, columns]);
  for (let index = 0; index < sizeFromShape(a.shape.slice(0, -2)); index++) {
    backend.kernels.matmul({
      rows,
      inner,
      columns,
      transposeA,
      transposeB,
      a: matrixAt(backend.floats(a), rows * inner, index),
      b: matrixAt(backend.floats(b), inner * columns, index),
      bias: bias ? backend.floats(bias) : null,
      output: matrixAt(backend.floats(output), rows * columns, index),
    });
  }
  return output;
}

export const matmulKernels: KernelConfig[] = ["BatchMatMul", "_FusedMatMul"].map((kernelName) => ({
  kernelName,
  backendName: "native",
  kernelFunc: (call) => {
    const matrices = call.inputs as Matrices;
    const attributes = call.attrs as unknown as Attributes;
    return isSupported(matrices, attributes)
      ? matmul(call.backend as KernelBackend, matrices, attributes)
      : getKernel(kernelName, "cpu").kernelFunc(call);
  },
}));
