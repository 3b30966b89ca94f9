/** @file The vector of each token, as the network has learned it. */
import type { Model } from "../model.js";
import { embeddingTable } from "../network/network.js";
import { specialTokens } from "../text/tokenizer.js";

/** vectors: [vocabulary, width], row by row. */
export type Embeddings = { width: number; vectors: Float32Array };

export function embeddingsOf({ network }: Model): Embeddings {
  const table = network.weights.get(embeddingTable)!;
  return { width: table.shape[1]!, vectors: table.dataSync() as Float32Array };
}

/** Ids of the tokens that stand for text. */
export const textIds = ({ tokenizer }: Model): number[] => [...tokenizer.vocabulary.keys()].slice(specialTokens.length);
