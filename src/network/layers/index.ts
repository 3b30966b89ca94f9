/** @file The kinds of layer, by name. */
import type { LayerKind, SpecOf } from "./layer.js";
import { causalConvolutionLayer } from "./causalConvolutionLayer.js";
import { convolutionLayer } from "./convolutionLayer.js";
import { denseLayer } from "./denseLayer.js";
import { dropoutLayer } from "./dropoutLayer.js";
import { embeddingLayer } from "./embeddingLayer.js";
import { gatedMlpLayer } from "./gatedMlpLayer.js";
import { normalizationLayer } from "./normalizationLayer.js";
import { numbersLayer } from "./numbersLayer.js";
import { poolingLayer } from "./poolingLayer.js";
import { projectionLayer } from "./projectionLayer.js";
import { recurrentLayer } from "./recurrentLayer.js";
import { residualLayer } from "./residualLayer.js";
import { rmsNormLayer } from "./rmsNormLayer.js";
import { wordsLayer } from "./wordsLayer.js";
import type { LayerSpec, LayerType } from "../spec.js";

const layers: { [K in LayerType]: LayerKind<SpecOf<K>> } = {
  embedding: embeddingLayer,
  words: wordsLayer,
  dropout: dropoutLayer,
  recurrent: recurrentLayer,
  normalisation: normalizationLayer,
  residual: residualLayer,
  "rms-norm": rmsNormLayer,
  "causal-convolution": causalConvolutionLayer,
  projection: projectionLayer,
  "gated-mlp": gatedMlpLayer,
  pooling: poolingLayer,
  numbers: numbersLayer,
  convolution: convolutionLayer,
  dense: denseLayer,
};

/** Whether the layers after a layer read only its last outputs: a pooling does, with or without normalization. */
export const endsSuffice = (after: readonly LayerSpec[]): boolean => {
  const reader = after.find(({ type }) => type !== "normalisation");
  return reader?.type === "pooling" && reader.over.every((pooling) => pooling === "last");
};

/** The kind of a layer, for any spec of it. */
export const kindOf = (spec: LayerSpec): LayerKind<LayerSpec> => layers[spec.type] as LayerKind<LayerSpec>;
