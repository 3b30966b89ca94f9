/** @file Normalization by the root mean square of the units of each step and row, with a learned scale for each unit. */
import { rmsNorm } from "../../engine/ops/rmsNorm.js";
import type { Tensor1D } from "../../engine/tfjs.js";
import { ones } from "../initializers.js";
import { type SpecOf, valuesOf, withoutState } from "./layer.js";

export const rmsNormLayer = withoutState<SpecOf<"rms-norm">>({
  width: (_, inputs) => inputs,
  weights: (_, inputs) => ({ scale: { shape: [inputs], initialize: ones } }),
  forward: (_, signal, weights) => {
    const scale = weights["scale"] as Tensor1D;
    return { ...signal, values: rmsNorm(valuesOf(signal), scale), ends: signal.ends && rmsNorm(signal.ends, scale) };
  },
});
