/** @file The tokens of a corpus, line by line. */
import type { Corpus } from "../corpus/document.js";
import { usualNormalization } from "./normalization.js";
import { type Tokenizer, tokenizerTrainer } from "./index.js";
import { unknownId } from "./specialTokens.js";

/** A tokenizer trained on a whole corpus. */
export async function trainTokenizer(
  corpus: Corpus,
  { tokenizer, lowercase, vocabulary }: { tokenizer: string; lowercase: boolean; vocabulary?: number | undefined },
): Promise<Tokenizer> {
  const trainer = tokenizerTrainer(tokenizer, {
    lowercase,
    normalization: usualNormalization(tokenizer, "generator"),
    clusters: true,
    ...(vocabulary !== undefined && { vocabulary }),
  });
  for await (const { text } of corpus.read()) trainer.add(text);
  return trainer.finish();
}

/** unknown: out-of-vocabulary tokens. */
export type TokenTotals = { tokens: number; unknown: number };

/**
 * The tokens of each line, as ids and as text.
 * @param counts increased by each line
 */
export async function* tokenLines(
  corpus: Corpus,
  tokenizer: Tokenizer,
  counts: TokenTotals,
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
