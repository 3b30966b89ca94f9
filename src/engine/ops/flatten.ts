/** @file A fixed number of a row's steps side by side. */
import {
  type GradConfig,
  type KernelConfig,
  pad,
  type Rank,
  reshape,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  transpose,
} from "../tfjs.js";
import type { NativeBackend } from "../kernelBackend/kernelBackend.js";
import { withinLengths } from "./mask.js";
import { hasKernel, Kept, runKernel } from "./registry.js";

/**
 * @param sequence [time, batch, width]
 * @param lengths [batch], int32; null where each row has all of `time`
 * @param steps how many of each row are taken; zeros stand for those past its length
 * @returns [batch, steps · width]
 */
export const flatten = (sequence: Tensor3D, lengths: Tensor1D | null, steps: number): Tensor2D =>
  hasKernel("Flatten")
    ? (runKernel("Flatten", { sequence }, { lengths, steps, kept: new Kept() }) as Tensor2D)
    : flattenReference(sequence, lengths, steps);

export function flattenReference(sequence: Tensor3D, lengths: Tensor1D | null, steps: number): Tensor2D {
  const [time, batch, width] = sequence.shape;
  const padded = pad(withinLengths(sequence, lengths), [
    [0, Math.max(0, steps - time)],
    [0, 0],
    [0, 0],
  ]);
  const taken = slice(padded, [0, 0, 0], [steps, batch, width]);
  return reshape<Rank.R2>(transpose(taken, [1, 0, 2]), [batch, steps * width]);
}

/** What is kept: the lengths, whose tensor may be gone on the way back. */
type Attributes = { lengths: Tensor1D | null; steps: number; kept: Kept<{ lengths: Int32Array | null }> };

export const flattenKernels: KernelConfig[] = [
  {
    kernelName: "Flatten",
    backendName: "native",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const sequence = inputs["sequence"] as Tensor3D;
      const { lengths: given, steps, kept } = attrs as unknown as Attributes;
      const native = backend as NativeBackend;
      const lengths = given && native.integers(given);
      const [time, batch, width] = sequence.shape;
      const output = native.output([batch, steps * width]);
      native.kernels.flattenForward({
        time,
        batch,
        width,
        steps,
        lengths,
        sequence: native.floats(sequence),
        output: native.floats(output),
      });
      kept.keep({ lengths });
      return output;
    },
  },
  {
    kernelName: "FlattenGradient",
    backendName: "native",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { sequence, gradient } = inputs as { sequence: Tensor3D; gradient: Tensor2D };
      const { steps, kept } = attrs as unknown as Attributes;
      const native = backend as NativeBackend;
      const [time, batch, width] = sequence.shape;
      const output = native.output([time, batch, width]);
      native.kernels.flattenBackward({
        time,
        batch,
        width,
        steps,
        ...kept.use(),
        gradient: native.floats(gradient),
        sequenceGradient: native.floats(output),
      });
      return output;
    },
  },
];

export const flattenGradient: GradConfig = {
  kernelName: "Flatten",
  inputsToSave: ["sequence"],
  gradFunc: (gradient, [sequence], attributes) => ({
    sequence: () =>
      runKernel("FlattenGradient", { sequence: sequence!, gradient: gradient as Tensor }, attributes) as Tensor,
  }),
};
