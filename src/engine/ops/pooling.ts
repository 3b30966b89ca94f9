/** @file One vector from a sequence: the mean or the maximum over each row's own length, or both side by side. */
import {
  cast,
  concat,
  div,
  expandDims,
  fill,
  greater,
  type GradConfig,
  type KernelConfig,
  max,
  maximum,
  type Rank,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  where,
  zerosLike,
} from "../tfjs.js";
import type { NativeBackend } from "../kernelBackend/kernelBackend.js";
import type { Kernels } from "../kernelBackend/signatures.js";
import { maskOf, withinLengths } from "./mask.js";
import { hasKernel, Kept, runKernel } from "./registry.js";

/** Where a pooling stands among others: the columns offset … offset + width of [batch, stride]. */
type Place = { time: number; batch: number; width: number; stride: number; offset: number };

type Pooling = {
  reference: (sequence: Tensor3D, lengths: Tensor1D) => Tensor2D;
  /** How many numbers `backward` needs of `forward`. */
  kept: (place: Place) => number;
  forward: (kernels: Kernels, place: Place, buffers: Forward) => void;
  backward: (kernels: Kernels, place: Place, buffers: Backward) => void;
};
type Forward = { lengths: Int32Array | null; sequence: Float32Array; output: Float32Array; positions: Int32Array };
type Backward = {
  lengths: Int32Array | null;
  gradient: Float32Array;
  sequenceGradient: Float32Array;
  positions: Int32Array;
  /** Whether sequenceGradient holds another pooling's already. */
  accumulate: boolean;
};

export const poolings = {
  mean: {
    reference: (sequence, lengths) =>
      div(sum(withinLengths(sequence, lengths), 0), expandDims(cast(maximum(lengths, 1), "float32"), 1)),
    kept: () => 0,
    forward: (kernels, place, buffers) => kernels.poolMeanForward({ ...place, ...buffers }),
    backward: (kernels, place, buffers) => kernels.poolMeanBackward({ ...place, ...buffers }),
  },
  max: {
    reference: (sequence, lengths) => {
      const mask = expandDims(maskOf(lengths, sequence.shape[0]), 2);
      const largest = max<Tensor2D>(where(mask, sequence, fill(sequence.shape, -Infinity)), 0);
      return where(expandDims(greater(lengths, 0), 1), largest, zerosLike(largest));
    },
    kept: ({ batch, width }) => batch * width,
    forward: (kernels, place, buffers) => kernels.poolMaxForward({ ...place, ...buffers }),
    backward: (kernels, place, buffers) => kernels.poolMaxBackward({ ...place, ...buffers }),
  },
} satisfies Record<string, Pooling>;

export type PoolKind = keyof typeof poolings;

/**
 * @param kinds one or several; their results stand side by side
 * @param sequence [time, batch, width]
 * @param lengths [batch], int32; null where each row has all of `time`. What lies past a row's length is never read.
 * @returns [batch, kinds · width]; zeros for an empty row
 */
export function pool(kinds: readonly PoolKind[], sequence: Tensor3D, lengths: Tensor1D | null): Tensor2D {
  if (!hasKernel("Pool")) return poolReference(kinds, sequence, lengths);
  return runKernel("Pool", { sequence }, { kinds, lengths, kept: new Kept() }) as Tensor2D;
}

export function poolReference(kinds: readonly PoolKind[], sequence: Tensor3D, lengths: Tensor1D | null): Tensor2D {
  const [time, batch] = sequence.shape;
  const read = lengths ?? fill<Rank.R1>([batch], time, "int32");
  return concat(
    kinds.map((kind) => poolings[kind].reference(sequence, read)),
    1,
  );
}

/** What the way back needs: the lengths, and where each maximum was. */
type PoolKept = { places: Place[]; lengths: Int32Array | null; positions: Float32Array[] };
type Attributes = { kinds: readonly PoolKind[]; lengths: Tensor1D | null; kept: Kept<PoolKept> };

/** A buffer of the pool's as whole numbers. */
const asIntegers = ({ buffer, byteOffset, length }: Float32Array): Int32Array =>
  new Int32Array(buffer, byteOffset, length);

export const poolKernels: KernelConfig[] = [
  {
    kernelName: "Pool",
    backendName: "native",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const sequence = inputs["sequence"] as Tensor3D;
      const { kinds, lengths, kept } = attrs as unknown as Attributes;
      const native = backend as NativeBackend;
      const [time, batch, width] = sequence.shape;
      const stride = kinds.length * width;
      const output = native.output([batch, stride]);
      const places = kinds.map((_, index): Place => ({ time, batch, width, stride, offset: index * width }));
      const positions = kinds.map((kind, index) => native.allocate(poolings[kind].kept(places[index]!)));
      const steps = lengths && native.integers(lengths);
      for (const [index, kind] of kinds.entries()) {
        poolings[kind].forward(native.kernels, places[index]!, {
          lengths: steps,
          sequence: native.floats(sequence),
          output: native.floats(output),
          positions: asIntegers(positions[index]!),
        });
      }
      if (kept.recording) kept.keep({ places, lengths: steps, positions });
      else for (const buffer of positions) native.release(buffer);
      return output;
    },
  },
  {
    kernelName: "PoolGradient",
    backendName: "native",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const native = backend as NativeBackend;
      const { kinds, kept } = attrs as unknown as Attributes;
      const { places, lengths, positions } = kept.use();
      const { time, batch, width } = places[0]!;
      const output = native.output([time, batch, width]);
      for (const [index, kind] of kinds.entries()) {
        poolings[kind].backward(native.kernels, places[index]!, {
          lengths,
          gradient: native.floats(inputs["gradient"]!),
          sequenceGradient: native.floats(output),
          positions: asIntegers(positions[index]!),
          accumulate: index > 0,
        });
        native.release(positions[index]!);
      }
      return output;
    },
  },
];

export const poolGradient: GradConfig = {
  kernelName: "Pool",
  gradFunc: (gradient, _, attributes) => ({
    sequence: () => runKernel("PoolGradient", { gradient: gradient as Tensor }, attributes) as Tensor,
  }),
};
