/** @file The learned embedding of each token, and the tokens nearest to one. */
import type { TextModel } from "../../model/model.js";
import { layerName } from "../../network/network.js";
import { specialTokens, unknownId } from "../../tokenizers/specialTokens.js";

/** vectors: [vocabulary, width], row by row. */
export type Embeddings = { width: number; vectors: Float32Array };

export function embeddingsOf({ network }: TextModel): Embeddings {
  const table = network.weights.get(`${layerName(network.spec.layers[0]!, 0)}/table`)!;
  return { width: table.shape[1]!, vectors: table.dataSync() as Float32Array };
}

/** Ids of the tokens that stand for text, without the special tokens. */
export const textIds = ({ tokenizer }: TextModel): number[] =>
  [...tokenizer.vocabulary.keys()].slice(specialTokens.length);

/** similarity: the cosine of the two embeddings, -1 … 1. */
export type Neighbor = { token: string; similarity: number };

/**
 * Returns a function that finds the tokens nearest to a word.
 * @param top number of neighbors, from 1
 * @returns for a word its neighbors without itself, nearest first; null for a word that is not one token of the vocabulary
 */
export function neighborFinder(model: TextModel, top = 10): (word: string) => Neighbor[] | null {
  const { tokenizer } = model;
  const { width, vectors } = embeddingsOf(model);
  const ids = textIds(model);
  const normalized = vectors.slice(); // [vocabulary, width], each row of length 1
  for (let offset = 0; offset < normalized.length; offset += width) {
    const vector = normalized.subarray(offset, offset + width);
    const length = Math.hypot(...vector) || 1;
    for (const index of vector.keys()) vector[index]! /= length;
  }
  const vectorOf = (id: number): Float32Array => normalized.subarray(id * width, (id + 1) * width);

  return (word) => {
    const [id, ...rest] = tokenizer.encode(word);
    if (id === undefined || id === unknownId || rest.length > 0) return null;
    const query = vectorOf(id);
    return ids
      .filter((other) => other !== id)
      .map((other) => ({ token: tokenizer.vocabulary[other]!, similarity: dot(query, vectorOf(other)) }))
      .toSorted((left, right) => right.similarity - left.similarity)
      .slice(0, top);
  };
}

const dot = (left: Float32Array, right: Float32Array): number =>
  left.reduce((sum, value, index) => sum + value * right[index]!, 0);
