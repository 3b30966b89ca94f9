/** @file A batch of uncertain texts that are not like each other, since the label of one says much about texts like it. */
import { type SimilarTexts, wordCosine, type WordSet } from "./textSimilarity.js";

/**
 * Chooses greedily: the next candidate is the one with the highest uncertainty · (1 − s²), where s is its highest cosine, by its words, with a labeled text or
 * one that is chosen already. So a near-copy is worth little, and what most texts have in common costs little.
 * @param candidates the earlier of equals goes first
 * @returns the chosen ones in this order
 */
export function diverseChoice<Candidate extends { uncertainty: number; words: WordSet }>(
  candidates: readonly Candidate[],
  labeled: SimilarTexts,
  count: number,
): Candidate[] {
  const left = candidates.map((candidate) => ({ candidate, similarity: labeled.nearest(candidate.words) }));
  const worthAt = (index: number): number => left[index]!.candidate.uncertainty * (1 - left[index]!.similarity ** 2);
  const chosen: Candidate[] = [];
  while (chosen.length < count && left.length > 0) {
    let best = 0;
    for (let index = 1; index < left.length; index++) if (worthAt(index) > worthAt(best)) best = index;
    const { candidate } = left[best]!;
    left.splice(best, 1);
    chosen.push(candidate);
    for (const other of left)
      other.similarity = Math.max(other.similarity, wordCosine(other.candidate.words, candidate.words));
  }
  return chosen;
}
