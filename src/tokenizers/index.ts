/** @file Every tokenizer once: how it is trained, and how it comes back from a checkpoint. */
import { UserError } from "../common/errors.js";
import { type Tokenizer, type TokenizerKind, type TokenizerTrainer, type TrainerOptions } from "./tokenizer.js";
import { type TokenizerName, tokenizerNames } from "../common/names.js";
import { characters } from "./characterTokenizer.js";
import { spaces } from "./whitespaceTokenizer.js";
import { subwords } from "./subwordTokenizer.js";
import { words } from "./wordTokenizer.js";

export const tokenizers: { [Name in TokenizerName]: TokenizerKind } = { characters, words, spaces, subwords };

/** @throws UserError for a vocabulary that is too small to be one */
export function tokenizerTrainer(name: TokenizerName, options: TrainerOptions = {}): TokenizerTrainer {
  const { defaultVocabulary, smallestVocabulary, trainer } = tokenizers[name];
  const { vocabulary = defaultVocabulary, lowercase = false } = options;
  if (!(vocabulary >= smallestVocabulary)) {
    throw new UserError(`a vocabulary of ${vocabulary} is too small: ${name} need ${smallestVocabulary} or more`);
  }
  return trainer({ vocabulary, lowercase });
}

/**
 * The tokenizer whose `toJSON` gave the data.
 * @throws UserError for data that no tokenizer has written
 */
export function tokenizerFrom(data: unknown): Tokenizer {
  const kind = typeof data === "object" && data !== null && "kind" in data ? data.kind : undefined;
  const name = tokenizerNames.find((candidate) => candidate === kind);
  if (!name) {
    throw new UserError(`the tokenizer is of no known kind: expected one of ${tokenizerNames.join(", ")}`);
  }
  return tokenizers[name].from(data);
}
