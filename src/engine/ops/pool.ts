/** @file One vector from a sequence: the mean or the maximum over each row's own length. */
import {
  cast,
  div,
  expandDims,
  fill,
  greater,
  type GradConfig,
  type KernelConfig,
  max,
  maximum,
  range,
  type Rank,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  where,
  zerosLike,
} from "../tfjs.js";
import type { NativeBackend } from "../native/backend.js";
import type { Kernels } from "../native/signatures.js";
import { hasKernel, Kept, runKernel } from "./registry.js";

type Pooling = {
  kernel: string;
  /** mask [time, batch, 1]: what lies within a row's length. */
  reference: (sequence: Tensor3D, mask: Tensor3D, lengths: Tensor1D) => Tensor2D;
};

/** What the way back needs: the sequence's shape, the lengths, and where each maximum was. */
type PoolKept = {
  counts: { time: number; batch: number; width: number };
  lengths: Int32Array | null;
  positions: Int32Array;
};

export const poolings = {
  mean: {
    kernel: "PoolMean",
    reference: (sequence, mask, lengths) =>
      div(sum(where(mask, sequence, zerosLike(sequence)), 0), expandDims(cast(maximum(lengths, 1), "float32"), 1)),
  },
  max: {
    kernel: "PoolMax",
    reference: (sequence, mask, lengths) => {
      const largest = max<Tensor2D>(where(mask, sequence, fill(sequence.shape, -Infinity)), 0);
      return where(expandDims(greater(lengths, 0), 1), largest, zerosLike(largest));
    },
  },
} satisfies Record<string, Pooling>;

export type PoolKind = keyof typeof poolings;

/**
 * @param sequence [time, batch, width]
 * @param lengths [batch], int32; null where each row has all of `time`. What lies past a row's length is never read.
 * @returns [batch, width]; zeros for an empty row
 */
export function pool(kind: PoolKind, sequence: Tensor3D, lengths: Tensor1D | null): Tensor2D {
  const { kernel } = poolings[kind];
  if (!hasKernel(kernel)) return poolReference(kind, sequence, lengths);
  const kept = new Kept<PoolKept>();
  return runKernel(kernel, lengths === null ? { sequence } : { sequence, lengths }, { kept }) as Tensor2D;
}

export function poolReference(kind: PoolKind, sequence: Tensor3D, lengths: Tensor1D | null): Tensor2D {
  const [time, batch] = sequence.shape;
  const read = lengths ?? fill<Rank.R1>([batch], time, "int32");
  const mask = expandDims(greater(expandDims(read, 0), expandDims(range(0, time, 1, "int32"), 1)), 2); // [time, batch, 1]
  return poolings[kind].reference(sequence, mask as Tensor3D, read);
}

type Inputs = { sequence: Tensor3D; lengths?: Tensor1D };

/** A pooling's two kernels: `forward` fills output, `backward` fills sequenceGradient. */
const kernelPair = (
  kernelName: string,
  forward: (kernels: Kernels, kept: PoolKept, sequence: Float32Array, output: Float32Array) => void,
  backward: (kernels: Kernels, kept: PoolKept, gradient: Float32Array, sequenceGradient: Float32Array) => void,
): KernelConfig[] => [
  {
    kernelName,
    backendName: "native",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { sequence, lengths } = inputs as Inputs;
      const [time, batch, width] = sequence.shape;
      const native = backend as NativeBackend;
      const output = native.output([batch, width]);
      const kept: PoolKept = {
        counts: { time, batch, width },
        lengths: lengths ? native.integers(lengths) : null,
        positions: new Int32Array(kernelName === poolings.max.kernel ? batch * width : 0),
      };
      forward(native.kernels, kept, native.floats(sequence), native.floats(output));
      (attrs as unknown as { kept: Kept<PoolKept> }).kept.keep(kept);
      return output;
    },
  },
  {
    kernelName: `${kernelName}Gradient`,
    backendName: "native",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const native = backend as NativeBackend;
      const kept = (attrs as unknown as { kept: Kept<PoolKept> }).kept.use();
      const { time, batch, width } = kept.counts;
      const output = native.output([time, batch, width]);
      backward(native.kernels, kept, native.floats(inputs["gradient"]!), native.floats(output));
      return output;
    },
  },
];

export const poolKernels: KernelConfig[] = [
  ...kernelPair(
    poolings.mean.kernel,
    (kernels, { counts, lengths }, sequence, output) =>
      kernels.poolMeanForward({ ...counts, lengths, sequence, output }),
    (kernels, { counts, lengths }, gradient, sequenceGradient) =>
      kernels.poolMeanBackward({ ...counts, lengths, gradient, sequenceGradient }),
  ),
  ...kernelPair(
    poolings.max.kernel,
    (kernels, { counts, lengths, positions }, sequence, output) =>
      kernels.poolMaxForward({ ...counts, lengths, sequence, output, positions }),
    (kernels, { counts, positions }, gradient, sequenceGradient) =>
      kernels.poolMaxBackward({ ...counts, positions, gradient, sequenceGradient }),
  ),
];

export const poolGradients: GradConfig[] = Object.values(poolings).map(({ kernel }) => ({
  kernelName: kernel,
  gradFunc: (gradient, _, attributes) => ({
    sequence: () => runKernel(`${kernel}Gradient`, { gradient: gradient as Tensor }, attributes) as Tensor,
  }),
}));
