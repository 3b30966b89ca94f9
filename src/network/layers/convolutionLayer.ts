/** @file A convolution over time, with windows of one size or several side by side, and ReLU. */
import { convolution, type ConvolutionWeights } from "../../engine/ops/convolution.js";
import type { Tensor1D, Tensor3D } from "../../engine/tfjs.js";
import { zeros } from "../initializers.js";
import { type SpecOf, valuesOf, type WeightSpec, withoutState } from "./layer.js";

export const convolutionLayer = withoutState<SpecOf<"convolution">>({
  width: ({ widths }) => widths.reduce((sum, { filters }) => sum + filters, 0),
  weights: ({ widths }, inputs, initialization) =>
    Object.fromEntries(
      widths.flatMap(({ filters, size }, index): [string, WeightSpec][] => [
        [`${index}/kernel`, { shape: [size, inputs, filters], initialize: initialization.kernel }],
        [`${index}/bias`, { shape: [filters], initialize: zeros }],
      ]),
    ),
  forward: ({ widths, padding }, signal, weights) => {
    const each = widths.map((_, index): ConvolutionWeights => ({
      kernel: weights[`${index}/kernel`] as Tensor3D,
      bias: weights[`${index}/bias`] as Tensor1D,
    }));
    const options = { padding, activation: "relu" } as const;
    const { outputs, lengths } = convolution(valuesOf(signal) as Tensor3D, signal.lengths, each, options);
    return { ...signal, values: outputs, lengths, ends: null };
  },
});
