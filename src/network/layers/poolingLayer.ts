/** @file The pooling layer: one vector for each sequence, by the poolings of poolings.ts. */
import type { Tensor3D } from "../../engine/tfjs.js";
import { type SpecOf, valuesOf, withoutState } from "./layer.js";
import { pooled, poolingWeights, poolingWidth } from "../poolings.js";

export const poolingLayer = withoutState<SpecOf<"pooling">>({
  width: poolingWidth,
  weights: poolingWeights,
  forward: (spec, signal, weights) => ({
    ...signal,
    values: pooled(spec, { ...signal, sequence: valuesOf(signal) as Tensor3D }, weights),
  }),
});
