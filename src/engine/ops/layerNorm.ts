/** @file Layer normalization (Ba, Kiros & Hinton 2016): y = (x - mean x) / √(variance x + ε) · scale + shift, over the last axis. */
import { add, div, type GradConfig, mean, mul, sqrt, square, sub, type Tensor, type Tensor1D } from "../tfjs.js";
import { hasKernel, runKernel } from "./dispatch.js";

/** PyTorch's ε: keeps the division finite if all units are equal. */
export const epsilon = 1e-5;

/**
 * @param values [..., width]
 * @param scale [width]
 * @param shift [width]
 * @returns [..., width]
 */
export const layerNorm = <Values extends Tensor>(values: Values, scale: Tensor1D, shift: Tensor1D): Values =>
  hasKernel("LayerNorm")
    ? (runKernel("LayerNorm", { values, scale, shift }) as Values)
    : layerNormReference(values, scale, shift);

export function layerNormReference<Values extends Tensor>(values: Values, scale: Tensor1D, shift: Tensor1D): Values {
  const centered = sub(values, mean(values, -1, true));
  const variance = mean(square(centered), -1, true); // [..., 1]
  return add(mul(div(centered, sqrt(add(variance, epsilon))), scale), shift);
}

export const layerNormGradient: GradConfig = {
  kernelName: "LayerNorm",
  inputsToSave: ["values", "scale"],
  gradFunc: (gradient, [values, scale]) => {
    const inputs = { gradient: gradient as Tensor, values: values!, scale: scale! };
    const [valuesGradient, scaleGradient, shiftGradient] = runKernel("LayerNormGradient", inputs) as Tensor[];
    return { values: () => valuesGradient!, scale: () => scaleGradient!, shift: () => shiftGradient! };
  },
};
