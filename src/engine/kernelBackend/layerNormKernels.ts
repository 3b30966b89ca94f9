/** @file Layer normalization in C. */
import { epsilon } from "../ops/layerNorm.js";
import type { KernelConfig, Tensor, Tensor1D } from "../tfjs.js";
import { kernelConfig } from "./kernelBackend.js";

type Inputs = { values: Tensor; scale: Tensor1D; shift: Tensor1D };

const sizesOf = (values: Tensor, scale: Tensor) => ({ rows: values.size / scale.size, width: scale.size, epsilon });

export const layerNormKernels: KernelConfig[] = [
  kernelConfig("LayerNorm", (backend, { values, scale, shift }: Inputs) => {
    const output = backend.output(values.shape);
    backend.kernels.layerNormForward({
      ...sizesOf(values, scale),
      input: backend.floats(values),
      scale: backend.floats(scale),
      shift: backend.floats(shift),
      output: backend.floats(output),
    });
    return output;
  }),
  kernelConfig(
    "LayerNormGradient",
    (backend, { gradient, values, scale }: Omit<Inputs, "shift"> & { gradient: Tensor }) => {
      const sizes = sizesOf(values, scale);
      const gradients = [values, scale, scale].map(({ shape }) => backend.output(shape));
      const [inputGradient, scaleGradient, shiftGradient] = gradients.map((result) => backend.floats(result));
      const moments = backend.allocate(2 * sizes.rows);
      backend.kernels.layerNormBackward({
        ...sizes,
        input: backend.floats(values),
        scale: backend.floats(scale),
        gradient: backend.floats(gradient),
        moments,
        inputGradient: inputGradient!,
        scaleGradient: scaleGradient!,
        shiftGradient: shiftGradient!,
      });
      backend.release(moments);
      return gradients;
    },
  ),
];
