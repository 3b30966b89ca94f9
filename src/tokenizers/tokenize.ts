/** @file A corpus as lines of tokens, for people to see what a network would read. */
import type { Corpus } from "../corpus/document.js";
import { type Tokenizer, tokenizerTrainer } from "./index.js";
import { unknownId } from "./specialTokens.js";

/** A tokenizer learned from all of a corpus. */
export async function learnTokenizer(
  corpus: Corpus,
  { tokenizer, lowercase, vocabulary }: { tokenizer: string; lowercase: boolean; vocabulary?: number | undefined },
): Promise<Tokenizer> {
  const trainer = tokenizerTrainer(tokenizer, { lowercase, ...(vocabulary !== undefined && { vocabulary }) });
  for await (const { text } of corpus.read()) trainer.add(text);
  return trainer.finish();
}

export type TokenCounts = { tokens: number; unknown: number };

/**
 * The tokens of each line; the counts grow as lines are given.
 * @returns ids and the text of each
 */
export async function* tokenLines(
  corpus: Corpus,
  tokenizer: Tokenizer,
  counts: TokenCounts,
): AsyncGenerator<{ ids: number[]; tokens: string[] }> {
  for await (const { text } of corpus.read()) {
    for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      const ids = tokenizer.encode(line);
      counts.tokens += ids.length;
      counts.unknown += ids.filter((id) => id === unknownId).length;
      yield { ids, tokens: ids.map((id) => tokenizer.vocabulary[id]!) };
    }
  }
}
