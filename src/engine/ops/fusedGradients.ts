/** @file The gradients of the fused operations, whichever backend has their kernels. */
import { attentionGradient } from "./attention.js";
import { convolutionGradient } from "./convolution.js";
import { crossEntropyHeadGradient } from "./crossEntropyHead.js";
import { dropoutGradient } from "./dropout.js";
import { embeddingGradient } from "./embedding.js";
import { flattenGradient } from "./flatten.js";
import { normaliseGradient } from "./layerNorm.js";
import { poolGradient } from "./pooling.js";
import { recurrentGradient } from "./recurrentFused.js";

export const fusedGradients = [
  embeddingGradient,
  recurrentGradient,
  crossEntropyHeadGradient,
  convolutionGradient,
  poolGradient,
  attentionGradient,
  flattenGradient,
  normaliseGradient,
  dropoutGradient,
];
