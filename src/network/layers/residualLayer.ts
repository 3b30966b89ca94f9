/** @file A residual connection (He et al. 2016): adds the input of an earlier layer to the output of the last one. */
import { add, type Tensor } from "../../engine/tfjs.js";
import { type SpecOf, valuesOf, withoutState } from "./layer.js";

export const residualLayer = withoutState<SpecOf<"residual">>({
  width: (_, inputs) => inputs,
  weights: () => ({}),
  forward: ({ over }, signal, _, { earlier }) => {
    const read = earlier.at(-over)!;
    return {
      ...signal,
      values: add<Tensor>(valuesOf(read), valuesOf(signal)),
      ends: signal.ends && read.ends && add(read.ends, signal.ends),
    };
  },
});
