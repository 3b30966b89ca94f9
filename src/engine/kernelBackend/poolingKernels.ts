/** @file Mean and maximum over time in C, several of them side by side. */
import type { PoolAttributes, PoolKind } from "../ops/pooling.js";
import type { KernelConfig, Tensor, Tensor3D } from "../tfjs.js";
import { kernelConfig } from "./kernelBackend.js";
import type { Kernels } from "./kernels.js";

/** A pooling writes the columns offset … offset + width of the output [batch, stride]. */
type Sizes = { time: number; batch: number; width: number; stride: number; offset: number };

type Forward = { lengths: Int32Array | null; sequence: Float32Array; output: Float32Array; positions: Int32Array };
type Backward = {
  lengths: Int32Array | null;
  gradient: Float32Array;
  sequenceGradient: Float32Array;
  positions: Int32Array;
  /** Whether to add to sequenceGradient, which already contains the gradient of another pooling. */
  accumulate: boolean;
};

type PoolKernels = {
  /** The number of positions that the forward pass saves. */
  positions: (sizes: Sizes) => number;
  forward: (kernels: Kernels, sizes: Sizes, buffers: Forward) => void;
  backward: (kernels: Kernels, sizes: Sizes, buffers: Backward) => void;
};

const kernelsOf: { [Kind in PoolKind]: PoolKernels } = {
  mean: {
    positions: () => 0,
    forward: (kernels, sizes, buffers) => kernels.poolMeanForward({ ...sizes, ...buffers }),
    backward: (kernels, sizes, buffers) => kernels.poolMeanBackward({ ...sizes, ...buffers }),
  },
  max: {
    positions: ({ batch, width }) => batch * width,
    forward: (kernels, sizes, buffers) => kernels.poolMaxForward({ ...sizes, ...buffers }),
    backward: (kernels, sizes, buffers) => kernels.poolMaxBackward({ ...sizes, ...buffers }),
  },
};

/** positions: for each pooling, the step of each maximum. */
type Saved = { sizes: Sizes[]; lengths: Int32Array | null; positions: Float32Array[] };

/** A buffer of the pool as int32. */
const asIntegers = ({ buffer, byteOffset, length }: Float32Array): Int32Array =>
  new Int32Array(buffer, byteOffset, length);

export const poolingKernels: KernelConfig[] = [
  kernelConfig("Pool", (backend, { sequence }: { sequence: Tensor3D }, attributes: PoolAttributes<Saved>) => {
    const { kinds, saved } = attributes;
    const [time, batch, width] = sequence.shape;
    const stride = kinds.length * width;
    const output = backend.output([batch, stride]);
    const sizes = kinds.map((_, index): Sizes => ({ time, batch, width, stride, offset: index * width }));
    const positions = kinds.map((kind, index) => backend.allocate(kernelsOf[kind].positions(sizes[index]!)));
    const lengths = attributes.lengths && backend.integers(attributes.lengths);
    for (const [index, kind] of kinds.entries()) {
      kernelsOf[kind].forward(backend.kernels, sizes[index]!, {
        lengths,
        sequence: backend.floats(sequence),
        output: backend.floats(output),
        positions: asIntegers(positions[index]!),
      });
    }
    if (saved.recording) saved.save({ sizes, lengths, positions });
    else for (const buffer of positions) backend.release(buffer);
    return output;
  }),
  kernelConfig(
    "PoolGradient",
    (backend, { gradient }: { gradient: Tensor }, { kinds, saved }: PoolAttributes<Saved>) => {
      const { sizes, lengths, positions } = saved.take();
      const { time, batch, width } = sizes[0]!;
      const output = backend.output([time, batch, width]);
      for (const [index, kind] of kinds.entries()) {
        kernelsOf[kind].backward(backend.kernels, sizes[index]!, {
          lengths,
          gradient: backend.floats(gradient),
          sequenceGradient: backend.floats(output),
          positions: asIntegers(positions[index]!),
          accumulate: index > 0,
        });
        backend.release(positions[index]!);
      }
      return output;
    },
  ),
];
