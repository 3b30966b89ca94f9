/** @file An embedding: a learned vector for each token. */
import { dropout } from "../../engine/ops/dropout.js";
import type { Tensor2D } from "../../engine/tfjs.js";
import { type SpecOf, withoutState } from "./layer.js";

/** Its dropout drops whole rows of the table for a training step, everywhere in the batch (Gal & Ghahramani 2016). */
export const embeddingLayer = withoutState<SpecOf<"embedding">>({
  width: ({ units }) => units,
  weights: ({ units }, vocabulary, initialization) => ({
    table: { shape: [vocabulary, units], initialize: initialization.embedding },
  }),
  forward: ({ units, dropout: rate = 0 }, signal, weights, { dropping, seed }) => {
    const all = weights["table"] as Tensor2D;
    const table = dropping ? dropout(all, rate, seed, { run: units }) : all;
    return { ...signal, values: { table, tokens: signal.values as Tensor2D } };
  },
});
