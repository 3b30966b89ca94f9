/** @file The tokens nearest to a token, by the cosine of their vectors. */
import type { TextModel } from "../../model/model.js";
import { unknownId } from "../../tokenizers/specialTokens.js";
import { embeddingsOf, textIds } from "./embeddings.js";

/** similarity: the cosine, -1 … 1. */
export type Neighbour = { token: string; similarity: number };

/**
 * Finds neighbours of one word after the other.
 * @param top how many of each
 * @returns for a word its neighbours, nearest first, without itself; null for what the vocabulary does not hold as one token
 */
export function neighbourFinder(model: TextModel, top: number): (word: string) => Neighbour[] | null {
  const { tokenizer } = model;
  const { width, vectors } = embeddingsOf(model);
  const ids = textIds(model);
  const unit = vectors.slice(); // [vocabulary, width], each row of length 1
  for (let row = 0; row < unit.length; row += width) {
    const vector = unit.subarray(row, row + width);
    const length = Math.hypot(...vector) || 1;
    for (const index of vector.keys()) vector[index]! /= length;
  }
  const vectorOf = (id: number): Float32Array => unit.subarray(id * width, (id + 1) * width);

  return (word) => {
    const found = tokenizer.encode(word);
    if (found.length !== 1 || found[0] === unknownId) return null;
    const own = vectorOf(found[0]!);
    return ids
      .filter((id) => id !== found[0])
      .map((id) => ({ token: tokenizer.vocabulary[id]!, similarity: dot(own, vectorOf(id)) }))
      .toSorted((left, right) => right.similarity - left.similarity)
      .slice(0, top);
  };
}

const dot = (left: Float32Array, right: Float32Array): number =>
  left.reduce((sum, value, index) => sum + value * right[index]!, 0);
