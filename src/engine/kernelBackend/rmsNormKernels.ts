/** @file Normalization by the root mean square in C. */
import { rmsEpsilon } from "../ops/rmsNorm.js";
import type { KernelConfig, TensorInfo } from "../tfjs.js";
import { kernelConfig } from "./kernelBackend.js";

type List = [values: TensorInfo, scale?: TensorInfo];

const sizesOf = ({ shape }: TensorInfo) => {
  const width = shape.at(-1)!;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  return { rows: width === 0 ? 0 : rows, width, epsilon: rmsEpsilon };
};

export const rmsNormKernels: KernelConfig[] = [
  kernelConfig("RmsNorm", (backend, [values, scale]: List) => {
    const output = backend.output(values.shape);
    backend.kernels.rmsNormForward({
      ...sizesOf(values),
      input: backend.floats(values),
      scale: scale ? backend.floats(scale) : null,
      output: backend.floats(output),
    });
    return output;
  }),
  kernelConfig("RmsNormGradient", (backend, [gradient, values, scale]: [gradient: TensorInfo, ...List]) => {
    const sizes = sizesOf(values);
    const result = backend.output(values.shape);
    const ofScale = scale && backend.output(scale.shape);
    const factors = scale ? backend.allocate(sizes.rows) : null;
    backend.kernels.rmsNormBackward({
      ...sizes,
      input: backend.floats(values),
      scale: scale ? backend.floats(scale) : null,
      gradient: backend.floats(gradient),
      factors,
      inputGradient: backend.floats(result),
      scaleGradient: ofScale ? backend.floats(ofScale) : null,
    });
    if (factors) backend.release(factors);
    return ofScale ? [result, ofScale] : [result];
  }),
];
