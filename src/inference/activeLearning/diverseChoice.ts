/** @file A batch of uncertain texts that are typical and not like each other: the label of a text says much about texts like it, and little about others. */
import { type SimilarTexts, wordCosine, type WordSet } from "./textSimilarity.js";

/** What is labeled already, and a sample of what is not. */
export type Surroundings = { labeled: SimilarTexts; sample: readonly WordSet[] };

/**
 * Chooses greedily: the next candidate is the one with the highest uncertainty · √d · (1 − s⁴). d is its density, the mean cosine of its words with those of
 * the sample (Settles & Craven 2008), which is low for an outlier; s is its highest cosine with a labeled text or one that is chosen already, so that a near-copy
 * is worth little.
 * @param candidates the earlier of equals goes first
 * @returns the chosen ones in this order
 */
export function diverseChoice<Candidate extends { uncertainty: number; words: WordSet }>(
  candidates: readonly Candidate[],
  { labeled, sample }: Surroundings,
  count: number,
): Candidate[] {
  const left = candidates.map((candidate) => ({
    candidate,
    worth: candidate.uncertainty * Math.sqrt(densityOf(candidate.words, sample)),
    similarity: labeled.nearest(candidate.words),
  }));
  const worthAt = (index: number): number => left[index]!.worth * (1 - left[index]!.similarity ** 4);
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

/** The mean cosine with the texts of a sample. */
const densityOf = (words: WordSet, sample: readonly WordSet[]): number =>
  sample.reduce((sum, other) => sum + wordCosine(words, other), 0) / Math.max(1, sample.length);
