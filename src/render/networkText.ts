/** @file A network in one line, as in `embedding 64 → lstm 256 → lstm 256 → output 65`. */
import type { JsonObject } from "../common/json.js";
import { compact } from "./numberText.js";
import type { LayerSpec, LayerType, Spec } from "../network/spec.js";

type Words = { [K in LayerType]: (layer: Extract<LayerSpec, { type: K }>) => string | null };

const words: Words = {
  embedding: ({ units }) => `embedding ${units}`,
  words: ({ units, characters }) => `words ${units} + characters ${2 * characters.units}`,
  dropout: () => null, // shown as an option
  recurrent: ({ cell, units, bidirectional, learnedStart }) =>
    `${bidirectional ? "bidirectional " : ""}${cell} ${units}${learnedStart ? " with learned initial state" : ""}`,
  normalisation: () => "layer normalization",
  residual: () => "residual",
  pooling: ({ over }) => over.join(" + "),
  convolution: ({ widths }) => `convolution ${widths.map(({ filters, size }) => `${filters}x${size}`).join(" + ")}`,
  dense: ({ units }) => `dense ${units}`,
};

export function describeNetwork({ width, layers, classes, tied, adaptive }: Spec): string {
  const parts = layers.map((layer) => (words[layer.type] as (layer: LayerSpec) => string | null)(layer));
  return [
    ...(width ? [`input ${width}`] : []),
    ...parts.filter((part) => part !== null),
    `output ${classes}${tied ? " (tied to the embedding)" : ""}${adaptive ? ` (adaptive softmax ${adaptive.cutoffs.join()})` : ""}`,
  ].join(" → ");
}

/** The n-gram model of a checkpoint, as in "4-gram model of 25k tokens: 61k n-grams". @param record `ngrams` in checkpoint.json */
export const describeNgrams = ({ order, size, tokens }: JsonObject): string =>
  `${Number(order)}-gram model of ${compact(Number(tokens))} tokens: ${compact(Number(size))} n-grams`;
