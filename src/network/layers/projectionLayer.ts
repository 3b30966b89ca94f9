/** @file A projection of each step to another width: y = x W. */
import type { Tensor2D } from "../../engine/tfjs.js";
import { multiplied, type SpecOf, valuesOf, withoutState } from "./layer.js";

export const projectionLayer = withoutState<SpecOf<"projection">>({
  width: ({ units }) => units,
  weights: ({ units }, inputs, initialization) => ({
    kernel: { shape: [inputs, units], initialize: initialization.kernel },
  }),
  forward: (_, signal, weights) => {
    const kernel = weights["kernel"] as Tensor2D;
    return {
      ...signal,
      values: multiplied(valuesOf(signal), kernel),
      ends: signal.ends && (multiplied(signal.ends, kernel) as Tensor2D),
    };
  },
});
