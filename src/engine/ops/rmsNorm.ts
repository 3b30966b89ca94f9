/** @file Normalization by the root mean square (Zhang & Sennrich 2019): y = x / √(mean x² + ε), over the last axis. */
import { add, div, type GradConfig, mean, sqrt, square, type Tensor } from "../tfjs.js";
import { hasKernel, runKernel } from "./dispatch.js";

/** Keeps the division finite if all units are zero. */
export const rmsEpsilon = 1e-6;

/** @param values [..., width] @returns the same shape */
export const rmsNorm = <Values extends Tensor>(values: Values): Values =>
  hasKernel("RmsNorm") ? (runKernel("RmsNorm", { values }) as Values) : rmsNormReference(values);

export const rmsNormReference = <Values extends Tensor>(values: Values): Values =>
  div(values, sqrt(add(mean(square(values), -1, true), rmsEpsilon)));

export const rmsNormGradient: GradConfig = {
  kernelName: "RmsNorm",
  inputsToSave: ["values"],
  gradFunc: (gradient, [values]) => ({
    values: () => runKernel("RmsNormGradient", { gradient: gradient as Tensor, values: values! }) as Tensor,
  }),
};
