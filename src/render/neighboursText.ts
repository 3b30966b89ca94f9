/** @file A word's neighbours as lines. */
import type { Neighbor } from "../inference/vectors/embeddings.js";
import { visible } from "./tokensText.js";

export function neighbourText(word: string, neighbours: readonly Neighbor[], { json }: { json: boolean }): string {
  if (json) {
    const rounded = neighbours.map(({ token, similarity }) => ({ token, similarity: Number(similarity.toFixed(4)) }));
    return `${JSON.stringify({ word, neighbours: rounded })}\n`;
  }
  return neighbours.map(({ token, similarity }) => `${word}\t${visible(token)}\t${similarity.toFixed(4)}\n`).join("");
}
