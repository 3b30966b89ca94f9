/** @file TF.js's addition, concatenation and splitting in C if our kernels support the arguments; a training step uses them. */
import {
  arraysEqual,
  getKernel,
  type KernelConfig,
  parseAxisParam,
  sizeFromShape,
  type Tensor,
  type TensorInfo,
} from "../tfjs.js";
import type { KernelBackend } from "./kernelBackend.js";

type Call = Parameters<KernelConfig["kernelFunc"]>[0];

/** Runs our kernel if it supports the call, else TF.js's. */
const withFallback = (
  kernelName: string,
  isSupported: (call: Call) => boolean,
  run: (call: Call, backend: KernelBackend) => TensorInfo | TensorInfo[],
): KernelConfig => ({
  kernelName,
  backendName: "native",
  kernelFunc: (call) =>
    isSupported(call) ? run(call, call.backend as KernelBackend) : getKernel(kernelName, "cpu").kernelFunc(call),
});

const areFloats = (tensors: readonly TensorInfo[]): boolean => tensors.every(({ dtype }) => dtype === "float32");

/** The product of the sizes before an axis, and of those from it on. */
const rowsAndWidth = (shape: readonly number[], axis: number) => ({
  rows: sizeFromShape(shape.slice(0, axis)),
  width: sizeFromShape(shape.slice(axis)),
});

const axisOf = ({ attrs }: Call, shape: number[]): number => parseAxisParam(attrs!["axis"] as number, shape)[0]!;

/** The size of each part. @param split a number of equal parts, or the sizes */
const splitSizes = (total: number, split: number | number[]): number[] =>
  typeof split === "number" ? Array<number>(split).fill(total / split) : split;

export const shapeKernels: KernelConfig[] = [
  withFallback(
    "Add",
    ({ inputs }) => areFloats([inputs["a"]!, inputs["b"]!]) && arraysEqual(inputs["a"]!.shape, inputs["b"]!.shape),
    ({ inputs }, backend) => {
      const { a, b } = inputs as { a: Tensor; b: Tensor };
      const output = backend.output(a.shape);
      backend.kernels.add({
        count: sizeFromShape(a.shape),
        a: backend.floats(a),
        b: backend.floats(b),
        output: backend.floats(output),
      });
      return output;
    },
  ),
  withFallback(
    "Concat",
    ({ inputs }) => areFloats(inputs as unknown as TensorInfo[]),
    (call, backend) => {
      const tensors = call.inputs as unknown as TensorInfo[];
      const shape = tensors[0]!.shape.slice();
      const axis = axisOf(call, shape);
      shape[axis] = tensors.reduce((sum, { shape: { [axis]: size } }) => sum + size!, 0);
      const output = backend.output(shape);
      const { rows, width: toStride } = rowsAndWidth(shape, axis);
      let toOffset = 0;
      for (const tensor of tensors) {
        const { width } = rowsAndWidth(tensor.shape, axis);
        const from = { fromStride: width, fromOffset: 0, from: backend.floats(tensor) };
        backend.kernels.copyColumns({ rows, width, ...from, toStride, toOffset, to: backend.floats(output) });
        toOffset += width;
      }
      return output;
    },
  ),
  withFallback(
    "SplitV",
    ({ inputs, attrs }) => areFloats([inputs["x"]!]) && ![attrs!["numOrSizeSplits"]].flat().includes(-1), // -1: the rest
    (call, backend) => {
      const x = call.inputs["x"]!;
      const axis = axisOf(call, x.shape);
      const { rows, width: fromStride } = rowsAndWidth(x.shape, axis);
      let fromOffset = 0;
      return splitSizes(x.shape[axis]!, call.attrs!["numOrSizeSplits"] as number | number[]).map((size) => {
        const shape = x.shape.with(axis, size);
        const { width } = rowsAndWidth(shape, axis);
        const output = backend.output(shape);
        const to = { toStride: width, toOffset: 0, to: backend.floats(output) };
        backend.kernels.copyColumns({ rows, width, fromStride, fromOffset, from: backend.floats(x), ...to });
        fromOffset += width;
        return output;
      });
    },
  ),
];
