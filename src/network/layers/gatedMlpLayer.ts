/** @file A gated MLP (Shazeer 2020): y = (silu(x W₁) ⊙ x W₂) W₃, of each step by itself and as wide as its input. */
import { siluGate } from "../../engine/ops/siluGate.js";
import type { Tensor, Tensor2D } from "../../engine/tfjs.js";
import { multiplied, type SpecOf, valuesOf, withoutState } from "./layer.js";

export const gatedMlpLayer = withoutState<SpecOf<"gated-mlp">>({
  width: (_, inputs) => inputs,
  weights: ({ units }, inputs, initialization) => ({
    /** W₁ and W₂ side by side. */
    kernel: { shape: [inputs, 2 * units], initialize: initialization.kernel },
    /** W₃ */
    projection: { shape: [units, inputs], initialize: initialization.kernel },
  }),
  forward: (_, signal, weights) => {
    const { kernel, projection } = weights as { kernel: Tensor2D; projection: Tensor2D };
    const mlp = (values: Tensor): Tensor => multiplied(siluGate(multiplied(values, kernel)), projection);
    return { ...signal, values: mlp(valuesOf(signal)), ends: signal.ends && (mlp(signal.ends) as Tensor2D) };
  },
});
