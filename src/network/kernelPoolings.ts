/** @file Poolings on a backend's kernels alone. */
import { joinedEnds, type KernelLayer, type KernelPass, sequenceOf, sideBySide } from "./kernelLayer.js";
import type { SpecOf } from "./layers/layer.js";

/** @param steps of `flatten` @returns [batch, width of the pooling] */
type KernelPooling = (
  input: { sequence: Float32Array; width: number; ends: readonly Float32Array[]; steps: number },
  pass: KernelPass,
) => Float32Array;

/** The last step of each row of a sequence [time, rows, width]; zeros for an empty row. */
function lastSteps(
  sequence: Float32Array,
  lengths: Int32Array | null,
  width: number,
  { time, batch: rows, take }: KernelPass,
): Float32Array {
  const last = take(rows * width).fill(0);
  for (let row = 0; row < rows; row++) {
    const from = (((lengths?.[row] ?? time) - 1) * rows + row) * width;
    if (from >= 0) last.set(sequence.subarray(from, from + width), row * width);
  }
  return last;
}

const kernelPoolings: Partial<Record<string, KernelPooling>> = {
  last: ({ sequence, width, ends }, pass) =>
    ends.length > 0 ? joinedEnds(ends, pass) : lastSteps(sequence, pass.lengths, width, pass),
  mean: ({ sequence, width }, { kernels, time, batch, lengths, take }) => {
    const output = take(batch * width);
    kernels.poolMeanForward({ time, batch, width, stride: width, offset: 0, lengths, sequence, output });
    return output;
  },
  max: ({ sequence, width }, { kernels, time, batch, lengths, take }) => {
    const output = take(batch * width);
    const positions = new Int32Array(output.length);
    kernels.poolMaxForward({ time, batch, width, stride: width, offset: 0, lengths, sequence, output, positions });
    return output;
  },
  attention: ({ sequence, width }, { kernels, time, batch, lengths, take, weight }) => {
    const output = take(batch * width);
    const [kernel, bias, query] = [weight("attention/kernel"), weight("attention/bias"), weight("attention/query")];
    const hidden = bias.length;
    const [activations, attention] = [take(time * batch * hidden), take(batch * time)];
    const weights = { kernel, bias, query, activations, attention };
    kernels.attentionForward({ time, batch, width, hidden, lengths, sequence, ...weights, output });
    return output;
  },
  flatten: ({ sequence, width, steps }, { kernels, time, batch, lengths, take }) => {
    const output = take(batch * steps * width);
    kernels.flattenForward({ time, batch, width, steps, lengths, sequence, output });
    return output;
  },
};

export const kernelPooling: KernelLayer<SpecOf<"pooling">> = {
  supports: ({ over }) => over.every((name) => name in kernelPoolings),
  forward: ({ over, steps = 0 }, { width, ends, ...signal }, pass) => {
    const { batch } = pass;
    const sequence = sequenceOf({ width, ends, ...signal }, pass);
    const parts = over.map((name) => kernelPoolings[name]!({ sequence, width, ends, steps }, pass));
    const values = sideBySide(
      parts.map((part) => ({ values: part, width: part.length / batch })),
      batch,
      pass,
    );
    return { tokens: null, values, width: values.length / batch, ends: [] };
  },
};

/** The pooled vector and the numbers beside the text. */
export const kernelNumbers: KernelLayer<SpecOf<"numbers">> = {
  supports: () => true,
  forward: ({ columns }, { values, width, ...signal }, pass) => {
    const parts = [
      { values, width },
      { values: pass.textNumbers!, width: columns },
    ];
    return { ...signal, values: sideBySide(parts, pass.batch, pass), width: width + columns };
  },
};
