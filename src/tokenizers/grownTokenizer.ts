/** @file Adds the tokens of another text to a tokenizer. Its own tokens keep their ids, so that the weights of a network that reads them stay valid. */
import {
  type Tokenizer,
  tokenizerDefinition,
  tokenizerFrom,
  tokenizerTrainer,
  type TokenizerTrainer,
} from "./index.js";
import { readNormalization } from "./normalization.js";
import { specialTokens } from "./specialTokens.js";

export type GrowthOptions = {
  /** The largest size of the grown vocabulary. Default: the tokenizer's own, and those of the text's tokens that a tokenizer of its own would have. */
  vocabulary?: number | undefined;
};

/** Whether tokens can be added to a tokenizer: subwords encode any text with the merges that they have. */
export const canGrow = ({ kind }: Pick<Tokenizer, "kind">): boolean => tokenizerDefinition(kind).grows;

/** Collects a text, then adds the tokens that the tokenizer lacks, the most frequent first. A tokenizer that cannot grow stays as it is. */
export function growingTrainer(tokenizer: Tokenizer, { vocabulary = Infinity }: GrowthOptions = {}): TokenizerTrainer {
  if (!canGrow(tokenizer)) return { add: () => {}, finish: () => tokenizer };
  const { kind, lowercase, clusters, normalization } = tokenizer.toJSON();
  const trainer = tokenizerTrainer(kind, {
    lowercase,
    clusters: clusters === true,
    normalization: readNormalization(normalization),
  });
  return {
    add: (text) => trainer.add(text),
    finish: () => {
      const known = new Set(tokenizer.vocabulary.slice(specialTokens.length));
      const own = trainer.finish().vocabulary.slice(specialTokens.length);
      const added = own.filter((token) => !known.has(token));
      return withVocabulary(tokenizer, [
        ...tokenizer.vocabulary,
        ...added.slice(0, Math.max(0, vocabulary - tokenizer.vocabulary.length)),
      ]);
    },
  };
}

/** The tokenizer that a grown one was before: with its first tokens alone. @param size special tokens included */
export const firstTokens = (tokenizer: Tokenizer, size: number): Tokenizer =>
  size === tokenizer.vocabulary.length ? tokenizer : withVocabulary(tokenizer, tokenizer.vocabulary.slice(0, size));

const withVocabulary = (tokenizer: Tokenizer, vocabulary: readonly string[]): Tokenizer =>
  tokenizerFrom({ ...tokenizer.toJSON(), vocabulary: [...vocabulary] });
