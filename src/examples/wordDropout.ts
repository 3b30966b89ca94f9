/** @file Words withheld while training, so that a network learns to do without any one of them. */
import { randomStream } from "../common/random.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import type { Batch } from "./batch.js";

export type WordDropoutOptions = {
  /** Share of input tokens that are read as unknown, 0 … 1. */
  wordDropout: number;
  seed: number;
};

/** The same batch for the same seed and step. */
export function withWordDropout(batch: Batch, { wordDropout, seed }: WordDropoutOptions, step: number): Batch {
  if (wordDropout === 0 || !("tokens" in batch)) return batch;
  const random = randomStream(seed, "words", step);
  return { ...batch, tokens: batch.tokens.map((token) => (random() < wordDropout ? unknownId : token)) };
}
