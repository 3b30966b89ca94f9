/** @file The gate of a gated MLP in C. */
import type { KernelConfig, Tensor } from "../tfjs.js";
import { kernelConfig } from "./kernelBackend.js";

const sizesOf = ({ shape, size }: Tensor) => {
  const units = shape.at(-1)! / 2;
  return { rows: units === 0 ? 0 : size / (2 * units), units };
};

export const siluGateKernels: KernelConfig[] = [
  kernelConfig("SiluGate", (backend, { sums }: { sums: Tensor }) => {
    const sizes = sizesOf(sums);
    const output = backend.output([...sums.shape.slice(0, -1), sizes.units]);
    backend.kernels.siluGateForward({ ...sizes, sums: backend.floats(sums), output: backend.floats(output) });
    return output;
  }),
  kernelConfig("SiluGateGradient", (backend, { gradient, sums }: { gradient: Tensor; sums: Tensor }) => {
    const result = backend.output(sums.shape);
    backend.kernels.siluGateBackward({
      ...sizesOf(sums),
      sums: backend.floats(sums),
      gradient: backend.floats(gradient),
      sumsGradient: backend.floats(result),
    });
    return result;
  }),
];
