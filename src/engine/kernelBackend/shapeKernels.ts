/** @file TF.js's own ops that a training step still uses, on our kernels where they fit: sums, joining and splitting. */
import { getKernel, type KernelConfig, type Tensor, type TensorInfo, util } from "../tfjs.js";
import type { NativeBackend } from "./kernelBackend.js";

type Call = Parameters<KernelConfig["kernelFunc"]>[0];

/** On our kernel where `fits`, else on TF.js's. */
const replaced = (
  kernelName: string,
  fits: (call: Call) => boolean,
  run: (call: Call, native: NativeBackend) => TensorInfo | TensorInfo[],
): KernelConfig => ({
  kernelName,
  backendName: "native",
  kernelFunc: (call) =>
    fits(call) ? run(call, call.backend as NativeBackend) : getKernel(kernelName, "cpu").kernelFunc(call),
});

const areFloats = (tensors: readonly TensorInfo[]): boolean => tensors.every(({ dtype }) => dtype === "float32");

/** From an axis on, what stands together in memory; before it, how many times. */
const rowsAndWidth = (shape: readonly number[], axis: number) => ({
  rows: util.sizeFromShape(shape.slice(0, axis)),
  width: util.sizeFromShape(shape.slice(axis)),
});

const axisOf = ({ attrs }: Call, shape: number[]): number => util.parseAxisParam(attrs!["axis"] as number, shape)[0]!;

/** As many parts as a number says, or of the sizes in a list. */
const splitSizes = (total: number, split: number | number[]): number[] =>
  typeof split === "number" ? Array<number>(split).fill(total / split) : split;

export const shapeKernels: KernelConfig[] = [
  replaced(
    "Add",
    ({ inputs }) => areFloats([inputs["a"]!, inputs["b"]!]) && util.arraysEqual(inputs["a"]!.shape, inputs["b"]!.shape),
    ({ inputs }, native) => {
      const { a, b } = inputs as { a: Tensor; b: Tensor };
      const output = native.output(a.shape);
      native.kernels.add({
        count: util.sizeFromShape(a.shape),
        a: native.floats(a),
        b: native.floats(b),
        output: native.floats(output),
      });
      return output;
    },
  ),
  replaced(
    "Concat",
    ({ inputs }) => areFloats(inputs as unknown as TensorInfo[]),
    (call, native) => {
      const tensors = call.inputs as unknown as TensorInfo[];
      const shape = tensors[0]!.shape.slice();
      const axis = axisOf(call, shape);
      shape[axis] = tensors.reduce((sum, { shape: { [axis]: size } }) => sum + size!, 0);
      const output = native.output(shape);
      const { rows, width: toStride } = rowsAndWidth(shape, axis);
      let toOffset = 0;
      for (const tensor of tensors) {
        const { width } = rowsAndWidth(tensor.shape, axis);
        const from = { fromStride: width, fromOffset: 0, from: native.floats(tensor) };
        native.kernels.copyColumns({ rows, width, ...from, toStride, toOffset, to: native.floats(output) });
        toOffset += width;
      }
      return output;
    },
  ),
  replaced(
    "SplitV",
    ({ inputs, attrs }) => areFloats([inputs["x"]!]) && ![attrs!["numOrSizeSplits"]].flat().includes(-1), // what is left
    (call, native) => {
      const x = call.inputs["x"]!;
      const axis = axisOf(call, x.shape);
      const { rows, width: fromStride } = rowsAndWidth(x.shape, axis);
      let fromOffset = 0;
      return splitSizes(x.shape[axis]!, call.attrs!["numOrSizeSplits"] as number | number[]).map((size) => {
        const shape = x.shape.with(axis, size);
        const { width } = rowsAndWidth(shape, axis);
        const output = native.output(shape);
        const to = { toStride: width, toOffset: 0, to: native.floats(output) };
        native.kernels.copyColumns({ rows, width, fromStride, fromOffset, from: native.floats(x), ...to });
        fromOffset += width;
        return output;
      });
    },
  ),
];
