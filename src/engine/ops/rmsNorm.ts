/** @file Normalization by the root mean square (Zhang & Sennrich 2019): y = x / √(mean x² + ε) · scale, over the last axis. */
import { add, div, type GradConfig, mean, mul, sqrt, square, type Tensor, type Tensor1D } from "../tfjs.js";
import { hasKernel, runKernel } from "./dispatch.js";

/** Keeps the division finite if all units are zero. */
export const rmsEpsilon = 1e-6;

/**
 * @param values [..., width]
 * @param scale [width]; ones by default
 * @returns [..., width]
 */
export const rmsNorm = <Values extends Tensor>(values: Values, scale?: Tensor1D): Values =>
  hasKernel("RmsNorm")
    ? (runKernel("RmsNorm", scale ? [values, scale] : [values]) as Values)
    : rmsNormReference(values, scale);

export function rmsNormReference<Values extends Tensor>(values: Values, scale?: Tensor1D): Values {
  const normal: Values = div(values, sqrt(add(mean(square(values), -1, true), rmsEpsilon)));
  return scale ? mul(normal, scale) : normal;
}

export const rmsNormGradient: GradConfig = {
  kernelName: "RmsNorm",
  saveAllInputs: true,
  gradFunc: (gradient, saved) => {
    const results = runKernel("RmsNormGradient", [gradient as Tensor, ...saved]) as Tensor[];
    return Object.fromEntries(results.map((result, index) => [index, () => result]));
  },
};
