/** @file The layers around recurrent ones on a backend's kernels alone: normalizations, residual connections, the parts of blocks, convolutions, dense layers. */
import { windowsOf } from "../engine/ops/convolution.js";
import { epsilon } from "../engine/ops/layerNorm.js";
import { rmsEpsilon } from "../engine/ops/rmsNorm.js";
import {
  joinedEnds,
  type KernelLayer,
  type KernelPass,
  type KernelSignal,
  productOf,
  sequenceOf,
} from "./kernelLayer.js";
import type { SpecOf } from "./layers/layer.js";

/** Applies a function to each row of the sequence and of the last outputs of both directions together, where there are any. */
const eachRow = (
  signal: KernelSignal,
  pass: KernelPass,
  width: number,
  apply: (values: Float32Array) => Float32Array,
): KernelSignal => ({
  tokens: null,
  values: signal.values.length > 0 ? apply(sequenceOf(signal, pass)) : signal.values,
  width,
  ends: signal.ends.length > 0 ? [apply(joinedEnds(signal.ends, pass))] : [],
});

const always = () => true;

export const kernelNormalization: KernelLayer<SpecOf<"normalisation">> = {
  supports: always,
  forward: (_, signal, pass) =>
    eachRow(signal, pass, signal.width, (input) => {
      const sizes = { rows: input.length / signal.width, width: signal.width, epsilon };
      const output = pass.take(input.length);
      const [scale, shift] = [pass.weight("scale"), pass.weight("shift")];
      pass.kernels.layerNormForward({ ...sizes, input, scale, shift, output });
      return output;
    }),
};

export const kernelRmsNorm: KernelLayer<SpecOf<"rms-norm">> = {
  supports: always,
  forward: (_, signal, pass) =>
    eachRow(signal, pass, signal.width, (input) => {
      const sizes = { rows: input.length / signal.width, width: signal.width, epsilon: rmsEpsilon };
      const output = pass.take(input.length);
      pass.kernels.rmsNormForward({ ...sizes, input, scale: pass.weight("scale"), output });
      return output;
    }),
};

export const kernelProjection: KernelLayer<SpecOf<"projection">> = {
  supports: always,
  forward: ({ units }, signal, pass) =>
    eachRow(signal, pass, units, (values) => productOf(values, pass.weight("kernel"), signal.width, pass)),
};

export const kernelGatedMlp: KernelLayer<SpecOf<"gated-mlp">> = {
  supports: always,
  forward: ({ units }, signal, pass) =>
    eachRow(signal, pass, signal.width, (values) => {
      const sums = productOf(values, pass.weight("kernel"), signal.width, pass);
      const rows = sums.length / (2 * units);
      const output = pass.take(rows * units);
      pass.kernels.siluGateForward({ rows, units, sums, output });
      return productOf(output, pass.weight("projection"), units, pass);
    }),
};

export const kernelCausalConvolution: KernelLayer<SpecOf<"causal-convolution">> = {
  supports: always,
  forward: ({ size, units: width }, signal, pass) => {
    const { kernels, time, batch, lengths, take, weight } = pass;
    const outputs = take(time * batch * width);
    kernels.causalConvolutionForward({
      time,
      batch,
      width,
      size,
      sequence: sequenceOf(signal, pass),
      lengths,
      kernel: weight("kernel"),
      initial: null,
      outputs,
      last: take((size - 1) * batch * width),
    });
    return { tokens: null, values: outputs, width, ends: [] };
  },
};

export const kernelResidual: KernelLayer<SpecOf<"residual">> = {
  supports: always,
  forward: ({ over }, signal, pass) => {
    const read = pass.earlier.at(-over)!;
    const sum = (a: Float32Array, b: Float32Array): Float32Array => {
      const output = pass.take(a.length);
      pass.kernels.add({ count: a.length, a, b, output });
      return output;
    };
    const haveEnds = read.ends.length > 0 && signal.ends.length > 0;
    return {
      tokens: null,
      values: sum(sequenceOf(read, pass), sequenceOf(signal, pass)),
      width: signal.width,
      ends: haveEnds ? [sum(joinedEnds(read.ends, pass), joinedEnds(signal.ends, pass))] : [],
    };
  },
};

/** Other padding shortens the rows. */
export const kernelConvolution: KernelLayer<SpecOf<"convolution">> = {
  supports: ({ padding }) => padding === "same",
  forward: ({ widths, padding }, signal, pass) => {
    const { kernels, time, batch, lengths, take, weight } = pass;
    const stride = widths.reduce((sum, { filters }) => sum + filters, 0);
    const sequence = sequenceOf(signal, pass);
    const outputs = take(time * batch * stride);
    let offset = 0;
    for (const [index, { filters, size }] of widths.entries()) {
      kernels.convolutionForward({
        ...windowsOf(padding, size, time),
        time,
        batch,
        inputs: signal.width,
        size,
        filters,
        stride,
        offset,
        relu: true,
        sequence,
        lengths,
        kernel: weight(`${index}/kernel`),
        bias: weight(`${index}/bias`),
        outputs,
      });
      offset += filters;
    }
    return { tokens: null, values: outputs, width: stride, ends: [] };
  },
};

/** A convolution whose window is one step, of each row or step. */
export const kernelDense: KernelLayer<SpecOf<"dense">> = {
  supports: always,
  forward: ({ units }, signal, pass) => {
    const rows = signal.values.length / signal.width;
    const outputs = pass.take(rows * units);
    pass.kernels.convolutionForward({
      ...windowsOf("valid", 1, rows),
      time: rows,
      batch: 1,
      inputs: signal.width,
      size: 1,
      filters: units,
      stride: units,
      offset: 0,
      relu: true,
      sequence: signal.values,
      lengths: null,
      kernel: pass.weight("kernel"),
      bias: pass.weight("bias"),
      outputs,
    });
    return { tokens: null, values: outputs, width: units, ends: [] };
  },
};
