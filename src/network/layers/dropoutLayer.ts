/** @file Dropout between layers, in training: a mask for each step, or one for all steps of a row. */
import { dropout } from "../../engine/ops/dropout.js";
import { type SpecOf, valuesOf, withoutState } from "./layer.js";

export const dropoutLayer = withoutState<SpecOf<"dropout">>({
  width: (_, inputs) => inputs,
  weights: () => ({}),
  forward: ({ rate, variational }, signal, _, { dropping, seed }) => {
    if (!dropping) return signal;
    const values = valuesOf(signal); // [time, batch, width], or [batch, width]
    const [batch, width] = values.shape.slice(-2) as [number, number];
    return { ...signal, values: dropout(values, rate, seed, variational && { period: batch * width }) };
  },
});
