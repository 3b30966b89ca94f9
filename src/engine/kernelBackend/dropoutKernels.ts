/** @file Dropout in C; its gradient is the same kernel. */
import type { DropoutAttributes } from "../ops/dropout.js";
import type { KernelConfig, Tensor } from "../tfjs.js";
import { kernelConfig } from "./kernelBackend.js";

export const dropoutKernels: KernelConfig[] = [
  kernelConfig("Dropout", (backend, { values }: { values: Tensor }, attributes: DropoutAttributes) => {
    const { rate, seed, run, period } = attributes;
    const output = backend.output(values.shape);
    backend.kernels.dropout({
      count: values.size,
      rate,
      seed,
      run,
      period,
      input: backend.floats(values),
      output: backend.floats(output),
    });
    return output;
  }),
];
