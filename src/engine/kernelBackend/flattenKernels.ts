/** @file Flattening sequences in C. */
import type { FlattenAttributes } from "../ops/flatten.js";
import type { KernelConfig, Tensor2D, Tensor3D } from "../tfjs.js";
import { kernelConfig } from "./kernelBackend.js";

type Saved = { lengths: Int32Array | null };

export const flattenKernels: KernelConfig[] = [
  kernelConfig("Flatten", (backend, { sequence }: { sequence: Tensor3D }, attributes: FlattenAttributes<Saved>) => {
    const { steps, saved } = attributes;
    const lengths = attributes.lengths && backend.integers(attributes.lengths);
    const [time, batch, width] = sequence.shape;
    const output = backend.output([batch, steps * width]);
    backend.kernels.flattenForward({
      time,
      batch,
      width,
      steps,
      lengths,
      sequence: backend.floats(sequence),
      output: backend.floats(output),
    });
    saved.save({ lengths }); // their tensor may be disposed of before the backward pass
    return output;
  }),
  kernelConfig(
    "FlattenGradient",
    (
      backend,
      { sequence, gradient }: { sequence: Tensor3D; gradient: Tensor2D },
      { steps, saved }: FlattenAttributes<Saved>,
    ) => {
      const [time, batch, width] = sequence.shape;
      const output = backend.output([time, batch, width]);
      backend.kernels.flattenBackward({
        time,
        batch,
        width,
        steps,
        ...saved.take(),
        gradient: backend.floats(gradient),
        sequenceGradient: backend.floats(output),
      });
      return output;
    },
  ),
];
