/** @file Poolings on a backend's kernels alone. */
import { type KernelLayer, type KernelPass, sequenceOf } from "./kernelLayer.js";
import type { SpecOf } from "./layers/layer.js";

/** Writes one pooling's columns, offset … offset + width of output [batch, stride]. */
type KernelPooling = (
  sizes: { time: number; batch: number; width: number; stride: number; offset: number },
  buffers: { lengths: Int32Array | null; sequence: Float32Array; output: Float32Array; ends: Float32Array[] },
  pass: KernelPass,
) => void;

const kernelPoolings: Partial<Record<string, KernelPooling>> = {
  last: ({ batch: rows, stride: toStride, offset }, { ends, output: to }, { kernels }) => {
    let toOffset = offset;
    for (const from of ends) {
      const width = from.length / rows;
      kernels.copyColumns({ rows, width, fromStride: width, fromOffset: 0, toStride, toOffset, from, to });
      toOffset += width;
    }
  },
  mean: (sizes, { lengths, sequence, output }, { kernels }) =>
    kernels.poolMeanForward({ ...sizes, lengths, sequence, output }),
  max: (sizes, { lengths, sequence, output }, { kernels }) =>
    kernels.poolMaxForward({
      ...sizes,
      lengths,
      sequence,
      output,
      positions: new Int32Array(sizes.batch * sizes.width),
    }),
};

export const kernelPooling: KernelLayer<SpecOf<"pooling">> = {
  supports: ({ over }) => over.every((name) => name in kernelPoolings),
  forward: ({ over }, signal, pass) => {
    const { time, batch, lengths, take } = pass;
    const { width, ends } = signal;
    const stride = over.length * width;
    const output = take(batch * stride);
    const sequence = sequenceOf(signal, pass);
    for (const [index, name] of over.entries())
      kernelPoolings[name]!(
        { time, batch, width, stride, offset: index * width },
        { lengths, sequence, output, ends },
        pass,
      );
    return { tokens: null, values: output, width: stride, ends: [] };
  },
};
