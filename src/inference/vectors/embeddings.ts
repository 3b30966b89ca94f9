/** @file The vector of each token, as the network has learned it. */
import type { TextModel } from "../../model/model.js";
import { layerName } from "../../network/network.js";
import { specialTokens } from "../../tokenizers/specialTokens.js";

/** vectors: [vocabulary, width], row by row. */
export type Embeddings = { width: number; vectors: Float32Array };

export function embeddingsOf({ network }: TextModel): Embeddings {
  const table = network.weights.get(`${layerName(network.spec.layers[0]!, 0)}/table`)!;
  return { width: table.shape[1]!, vectors: table.dataSync() as Float32Array };
}

/** Ids of the tokens that stand for text. */
export const textIds = ({ tokenizer }: TextModel): number[] =>
  [...tokenizer.vocabulary.keys()].slice(specialTokens.length);
