/** @file A network in one line, as in `embedding 64 → lstm 256 → lstm 256 → output 65`. */
import type { JsonObject } from "../common/json.js";
import { quantity } from "../common/quantity.js";
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
  "rms-norm": () => "RMSNorm",
  "causal-convolution": ({ size }) => `causal convolution ${size}`,
  projection: ({ units }) => `projection ${units}`,
  "gated-mlp": ({ units }) => `gated MLP ${units}`,
  pooling: ({ over }) => over.join(" + "),
  numbers: ({ columns }) => `with ${quantity(columns, "numbers")}`,
  convolution: ({ widths }) => `convolution ${widths.map(({ filters, size }) => `${filters}x${size}`).join(" + ")}`,
  dense: ({ units }) => `dense ${units}`,
};

const wordsOf = (layer: LayerSpec): string | null => (words[layer.type] as (layer: LayerSpec) => string | null)(layer);

/** A block in words, and the number of the layers that it has. */
type Block = { text: string; count: number };

/** The branch of a block that begins with a layer: up to its residual connection; null if none does. */
function branchFrom(layers: readonly LayerSpec[], first: number): LayerSpec[] | null {
  if (layers[first]?.type !== "rms-norm") return null;
  const end = layers.findIndex((layer, index) => layer.type === "residual" && index - layer.over === first);
  return end < 0 ? null : layers.slice(first, end + 1);
}

/** The block that begins with a layer, without what all blocks have: its branch with a cell, and that of its MLP. */
function blockFrom(layers: readonly LayerSpec[], first: number): Block | null {
  const cell = branchFrom(layers, first);
  if (cell === null) return null;
  const next = branchFrom(layers, first + cell.length);
  const block = next?.some(({ type }) => type === "gated-mlp") ? [...cell, ...next] : cell;
  const always = new Set<LayerType>(["rms-norm", "projection", "residual"]);
  const parts = block.filter(({ type }) => !always.has(type)).map(wordsOf);
  return { text: `(${parts.filter((part) => part !== null).join(", ")})`, count: block.length };
}

/** As in `2 blocks (hgrn 256, gated MLP 192)` where neighbors are equal. */
function layersText(layers: readonly LayerSpec[]): string[] {
  const parts: { text: string; blocks: number }[] = [];
  for (let index = 0; index < layers.length;) {
    const block = blockFrom(layers, index);
    const text = block?.text ?? wordsOf(layers[index]!);
    const before = parts.at(-1);
    if (block !== null && before?.text === text) before.blocks++;
    else if (text !== null) parts.push({ text, blocks: Number(block !== null) });
    index += block?.count ?? 1;
  }
  return parts.map(({ text, blocks }) =>
    blocks > 1 ? `${blocks} blocks ${text}` : blocks === 1 ? `block ${text}` : text,
  );
}

export function describeNetwork({ width, layers, classes, tied, adaptive }: Spec): string {
  return [
    ...(width ? [`input ${width}`] : []),
    ...layersText(layers),
    `output ${classes}${tied ? " (tied to the embedding)" : ""}${adaptive ? ` (adaptive softmax ${adaptive.cutoffs.join()})` : ""}`,
  ].join(" → ");
}

/** The bag of n-grams of a checkpoint, as in "120k n-grams of up to 2 tokens, naive-bayes weighting, C 10". @param record `bag` in checkpoint.json */
export const describeBag = ({ order, least, weighting, C, features }: JsonObject): string =>
  `${compact(Number(features))} n-grams of up to ${quantity(Number(order), "tokens")}${
    Number(least) > 1 ? ` in ${Number(least)} or more documents` : ""
  }, ${weighting as string} weighting, C ${Number(C)}`;

/** The n-gram model of a checkpoint, as in "4-gram model of 25k tokens: 61k n-grams". @param record `ngrams` in checkpoint.json */
export const describeNgrams = ({ order, size, tokens, networkWeight }: JsonObject): string =>
  `${Number(order)}-gram model of ${compact(Number(tokens))} tokens: ${compact(Number(size))} n-grams${
    networkWeight === undefined ? "" : `; weight ${(1 - Number(networkWeight)).toFixed(2)} in the mix with the network`
  }`;
