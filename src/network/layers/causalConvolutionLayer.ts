/** @file A causal depthwise convolution over time, which at first passes each step on unchanged. Its state is the last inputs. */
import { UserError } from "../../common/errors.js";
import { causalConvolution } from "../../engine/ops/causalConvolution.js";
import type { Tensor2D, Tensor3D } from "../../engine/tfjs.js";
import { lastOne } from "../initializers.js";
import { type LayerKind, type SpecOf, valuesOf } from "./layer.js";

export const causalConvolutionLayer: LayerKind<SpecOf<"causal-convolution">> = {
  width: (_, inputs) => inputs,
  weights: ({ size, units }, inputs) => {
    if (units !== inputs)
      throw new UserError(`a causal convolution of ${units} units reads an input of width ${inputs}`);
    return { kernel: { shape: [size, units], initialize: lastOne } };
  },
  states: ({ size, units }) => Array<number>(size - 1).fill(units),
  forward: (_, signal, weights, { carried }) => {
    const sequence = valuesOf(signal) as Tensor3D;
    const { outputs, last } = causalConvolution(sequence, signal.lengths, weights["kernel"] as Tensor2D, carried);
    return { signal: { ...signal, values: outputs, ends: null }, state: last };
  },
};
