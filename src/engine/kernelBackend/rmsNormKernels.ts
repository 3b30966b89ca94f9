/** @file Normalization by the root mean square in C. */
import { rmsEpsilon } from "../ops/rmsNorm.js";
import type { KernelConfig, Tensor } from "../tfjs.js";
import { kernelConfig } from "./kernelBackend.js";

const sizesOf = ({ shape, size }: Tensor) => {
  const width = shape.at(-1)!;
  return { rows: width === 0 ? 0 : size / width, width, epsilon: rmsEpsilon };
};

export const rmsNormKernels: KernelConfig[] = [
  kernelConfig("RmsNorm", (backend, { values }: { values: Tensor }) => {
    const output = backend.output(values.shape);
    backend.kernels.rmsNormForward({
      ...sizesOf(values),
      input: backend.floats(values),
      output: backend.floats(output),
    });
    return output;
  }),
  kernelConfig("RmsNormGradient", (backend, { gradient, values }: { gradient: Tensor; values: Tensor }) => {
    const result = backend.output(values.shape);
    backend.kernels.rmsNormBackward({
      ...sizesOf(values),
      input: backend.floats(values),
      gradient: backend.floats(gradient),
      inputGradient: backend.floats(result),
    });
    return result;
  }),
];
