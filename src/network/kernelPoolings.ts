/** @file Poolings on a backend's kernels alone. */
import { type KernelLayer, type KernelPass, sequenceOf } from "./kernelLayer.js";
import type { SpecOf } from "./layers/layer.js";

/** Writes one pooling's columns, offset … offset + width of output [batch, stride]. */
type KernelPooling = (
  sizes: { time: number; batch: number; width: number; stride: number; offset: number },
  buffers: { lengths: Int32Array | null; sequence: Float32Array; output: Float32Array; ends: Float32Array[] },
  pass: KernelPass,
) => void;

/** The last step of each row of a sequence [time, rows, width]; zeros for an empty row. */
function lastSteps(
  sequence: Float32Array,
  lengths: Int32Array | null,
  { time, rows, width }: { time: number; rows: number; width: number },
  { take }: KernelPass,
): Float32Array {
  const last = take(rows * width).fill(0);
  for (let row = 0; row < rows; row++) {
    const from = (((lengths?.[row] ?? time) - 1) * rows + row) * width;
    if (from >= 0) last.set(sequence.subarray(from, from + width), row * width);
  }
  return last;
}

const kernelPoolings: Partial<Record<string, KernelPooling>> = {
  last: ({ time, batch: rows, width, stride: toStride, offset }, { ends, lengths, sequence, output: to }, pass) => {
    let toOffset = offset;
    for (const from of ends.length > 0 ? ends : [lastSteps(sequence, lengths, { time, rows, width }, pass)]) {
      const columns = from.length / rows;
      const strides = { fromStride: columns, fromOffset: 0, toStride, toOffset };
      pass.kernels.copyColumns({ rows, width: columns, ...strides, from, to });
      toOffset += columns;
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
