/** @file Weights of a quantized checkpoint in ONNX: 8-bit integers and a scale for each channel, which DequantizeLinear multiplies. */
import { quantizeMatrix } from "../../checkpoint/quantizedArrays.js";
import type { OnnxConstant } from "./onnxMessages.js";

/** A matrix [rows, columns] of integers, with a scale for each row (axis 0) or column (axis 1). */
export type QuantizedConstant = {
  matrix: readonly [rows: number, columns: number];
  axis: 0 | 1;
  integers: Int8Array;
  scales: Float32Array;
};

/** Of a value that is an integer times the scale of its channel, beside its product in 32-bit floats. */
const relativeRounding = 1e-6;

/**
 * The integers of weights that are integers times a scale already. The layers of ONNX have the gates in another order than ours, and some are transposed, so
 * that the channels are found by the values: all axes but the last one together, or the last one.
 * @returns null for other weights
 */
export function quantizedConstant(shape: readonly number[], values: OnnxConstant["values"]): QuantizedConstant | null {
  if (!(values instanceof Float32Array) || shape.length < 2 || values.length === 0) return null;
  const columns = shape.at(-1)!;
  const matrix = [values.length / columns, columns] as const;
  for (const axis of [0, 1] as const) {
    const { integers, scales } = quantizeMatrix({ shape: matrix, values }, axis);
    const channelOf = (index: number): number => (axis === 0 ? Math.floor(index / columns) : index % columns);
    const isExact = values.every((value, index) => {
      const product = integers[index]! * scales[channelOf(index)]!;
      return Math.abs(value - product) <= relativeRounding * Math.abs(value);
    });
    if (isExact) return { matrix, axis, integers, scales };
  }
  return null;
}
