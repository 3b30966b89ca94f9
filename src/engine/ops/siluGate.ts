/** @file The gate of a gated MLP (Shazeer 2020): silu(gate) · value, with silu(a) = a σ(a). */
import { type GradConfig, mul, sigmoid, split, type Tensor } from "../tfjs.js";
import { hasKernel, runKernel } from "./dispatch.js";

/**
 * @param sums [..., 2 · units], gates and then values
 * @returns [..., units]
 */
export const siluGate = <Values extends Tensor>(sums: Values): Values =>
  hasKernel("SiluGate") ? (runKernel("SiluGate", { sums }) as Values) : siluGateReference(sums);

export function siluGateReference<Values extends Tensor>(sums: Values): Values {
  const [gate, value] = split(sums, 2, -1) as [Values, Values];
  return mul(mul(gate, sigmoid(gate)), value);
}

export const siluGateGradient: GradConfig = {
  kernelName: "SiluGate",
  inputsToSave: ["sums"],
  gradFunc: (gradient, [sums]) => ({
    sums: () => runKernel("SiluGateGradient", { gradient: gradient as Tensor, sums: sums! }) as Tensor,
  }),
};
