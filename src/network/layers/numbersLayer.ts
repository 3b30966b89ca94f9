/** @file The numbers beside a text, concatenated to its pooled vector. */
import { concat, type Tensor2D } from "../../engine/tfjs.js";
import { type SpecOf, valuesOf, withoutState } from "./layer.js";

export const numbersLayer = withoutState<SpecOf<"numbers">>({
  width: ({ columns }, inputs) => inputs + columns,
  weights: () => ({}),
  forward: (_, signal) => {
    if (!signal.numbers) throw new TypeError("the network reads numbers beside each text");
    return { ...signal, values: concat([valuesOf(signal) as Tensor2D, signal.numbers], 1) };
  },
});
