/** @file The matrix product on our kernel, for what fits it; the rest stays with TF.js's. */
import { getKernel, type KernelConfig, type Tensor, type TensorInfo, util } from "../tfjs.js";
import type { NativeBackend } from "./kernelBackend.js";

type Matrices = { a: Tensor; b: Tensor; bias?: Tensor };
type Attributes = { transposeA: boolean; transposeB: boolean; activation?: string };

/** Whether the kernel computes it: float32, as many matrices on either side, a bias a column and no activation. */
const fits = ({ a, b, bias }: Matrices, { activation = "linear" }: Attributes): boolean =>
  a.dtype === "float32" &&
  b.dtype === "float32" &&
  util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2)) &&
  activation === "linear" &&
  (bias === undefined || (bias.dtype === "float32" && bias.shape.length === 1 && bias.shape[0] === b.shape.at(-1)));

/** The values of one matrix among several of a size. */
const matrix = (values: Float32Array, size: number, index: number): Float32Array =>
  values.length === size ? values : values.subarray(index * size, (index + 1) * size);

function multiply(native: NativeBackend, { a, b, bias }: Matrices, { transposeA, transposeB }: Attributes): TensorInfo {
  const stored = a.shape.slice(-2);
  const [rows, inner] = (transposeA ? stored.toReversed() : stored) as [number, number];
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const output = native.output([...a.shape.slice(0, -2), rows, columns]);
  for (let index = 0; index < util.sizeFromShape(a.shape.slice(0, -2)); index++) {
    native.kernels.matmul({
      rows,
      inner,
      columns,
      transposeA,
      transposeB,
      a: matrix(native.floats(a), rows * inner, index),
      b: matrix(native.floats(b), inner * columns, index),
      bias: bias ? native.floats(bias) : null,
      output: matrix(native.floats(output), rows * columns, index),
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
    return fits(matrices, attributes)
      ? multiply(call.backend as NativeBackend, matrices, attributes)
      : getKernel(kernelName, "cpu").kernelFunc(call);
  },
}));
