/** @file A dense layer: y = relu(x W + b), for each step or each pooled row. */
import { dense } from "../../engine/ops/convolution.js";
import { type Rank, reshape, type Tensor1D, type Tensor2D } from "../../engine/tfjs.js";
import { zeros } from "../initializers.js";
import { type SpecOf, valuesOf, withoutState } from "./layer.js";

export const denseLayer = withoutState<SpecOf<"dense">>({
  width: ({ units }) => units,
  weights: ({ units }, inputs, initialization) => ({
    kernel: { shape: [inputs, units], initialize: initialization.kernel },
    bias: { shape: [units], initialize: zeros },
  }),
  forward: ({ units }, signal, { kernel, bias }) => {
    const inputs = valuesOf(signal);
    const rows = reshape<Rank.R2>(inputs, [-1, inputs.shape.at(-1)!]);
    const values = dense(rows, kernel as Tensor2D, bias as Tensor1D, "relu");
    return { ...signal, values: reshape(values, [...inputs.shape.slice(0, -1), units]) };
  },
});
