/** @file Layer normalization: the units of each step and row have a learned mean and standard deviation. */
import { layerNorm } from "../../engine/ops/layerNorm.js";
import type { Tensor1D } from "../../engine/tfjs.js";
import { ones, zeros } from "../initializers.js";
import { type SpecOf, valuesOf, withoutState } from "./layer.js";

export const normalizationLayer = withoutState<SpecOf<"normalisation">>({
  width: (_, inputs) => inputs,
  weights: (_, inputs) => ({
    scale: { shape: [inputs], initialize: ones },
    shift: { shape: [inputs], initialize: zeros },
  }),
  /** The last outputs of both directions are normalized together. */
  forward: (_, signal, weights) => {
    const { scale, shift } = weights as { scale: Tensor1D; shift: Tensor1D };
    return {
      ...signal,
      values: layerNorm(valuesOf(signal), scale, shift),
      ends: signal.ends && layerNorm(signal.ends, scale, shift),
    };
  },
});
