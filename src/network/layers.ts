/** @file The kinds of layer, by name. */
import type { LayerKind, SpecOf } from "./layer.js";
import { convolutionLayer } from "./layers/convolution.js";
import { denseLayer } from "./layers/dense.js";
import { dropoutLayer } from "./layers/dropout.js";
import { embeddingLayer } from "./layers/embedding.js";
import { normalisationLayer } from "./layers/normalisation.js";
import { poolingLayer } from "./layers/pooling.js";
import { recurrentLayer } from "./layers/recurrent.js";
import { residualLayer } from "./layers/residual.js";
import { wordsLayer } from "./layers/words.js";
import type { LayerSpec, LayerType } from "./spec.js";

const layers: { [K in LayerType]: LayerKind<SpecOf<K>> } = {
  embedding: embeddingLayer,
  words: wordsLayer,
  dropout: dropoutLayer,
  recurrent: recurrentLayer,
  normalisation: normalisationLayer,
  residual: residualLayer,
  pooling: poolingLayer,
  convolution: convolutionLayer,
  dense: denseLayer,
};

/** Whether of a layer's outputs nothing but the last are read by the layers after it: by the pooling, as they are or normalised. */
export const endsSuffice = (after: readonly LayerSpec[]): boolean => {
  const reader = after.find(({ type }) => type !== "normalisation");
  return reader?.type === "pooling" && reader.over.every((pooling) => pooling === "last");
};

/** The kind of a layer, for any spec of it. */
export const kindOf = (spec: LayerSpec): LayerKind<LayerSpec> => layers[spec.type] as LayerKind<LayerSpec>;
