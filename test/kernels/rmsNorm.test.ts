/** @file Normalization by the root mean square against its formula in double precision, with and without a scale. */
import { expect } from "vitest";
import {
  anySize,
  expectClose,
  expectSameBits,
  floats,
  kernels,
  testKernel,
  unwritten,
  wholeNumber,
} from "./support.js";

const dot = (one: Float64Array, other: Float64Array): number =>
  one.reduce((sum, value, index) => sum + value * other[index]!, 0);

testKernel("rmsNorm: outputs and gradients match the formula, with and without a scale", 15, (random) => {
  const [rows, width, epsilon] = [wholeNumber(random, 0, 200), anySize(random), 1e-3];
  const [input, gradient] = [floats(random, rows * width), floats(random, rows * width)];
  const scale = random() < 0.5 ? floats(random, width) : null;
  const [output, ofInput, ofScale] = [rows * width, rows * width, width].map((size) => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let row = 0; row < rows; row++) {
    const of = (values: Float32Array) => Float64Array.from(values.subarray(row * width, (row + 1) * width));
    const factor = 1 / Math.sqrt(dot(of(input), of(input)) / width + epsilon);
    const normal = of(input).map((value) => value * factor);
    const slope = of(gradient).map((value, column) => value * (scale?.[column] ?? 1));
    const product = dot(slope, normal) / width;
    for (let column = 0; column < width; column++) {
      output[row * width + column] = normal[column]! * (scale?.[column] ?? 1);
      ofInput[row * width + column] = factor * (slope[column]! - normal[column]! * product);
      ofScale[column]! += gradient[row * width + column]! * normal[column]!;
    }
  }
  const run = () => {
    const [made, inputGradient] = [unwritten(rows * width), unwritten(rows * width)];
    const [scaleGradient, factors] = scale ? [unwritten(width), unwritten(rows)] : [null, null];
    kernels.rmsNormForward({ rows, width, epsilon, input, scale, output: made });
    kernels.rmsNormBackward({ rows, width, epsilon, input, scale, gradient, factors, inputGradient, scaleGradient });
    return [made, inputGradient, ...(scaleGradient ? [scaleGradient] : [])];
  };
  for (const [index, found] of run().entries()) expectClose(found, [output, ofInput, ofScale][index]!, 1e-4);
  expectSameBits(run);
});

testKernel("rmsNorm: a scale needs its gradient and working memory", 1, () => {
  const one = new Float32Array(1);
  const given = { rows: 1, width: 1, epsilon: 1, input: one, scale: one, gradient: one, inputGradient: unwritten(1) };
  expect(() => kernels.rmsNormBackward({ ...given, factors: null, scaleGradient: one })).toThrow(RangeError);
  expect(() => kernels.rmsNormBackward({ ...given, factors: one, scaleGradient: null })).toThrow(RangeError);
});
