/** @file From text to ids and back: one interface for characters, words and subwords. */

import type { TokenizerName } from "../common/names.js";

/** Ids of the tokens that stand for no text of their own; every vocabulary begins with them. */
export const unknownId = 0;
/** The end of a document, and what a generator starts from. */
export const endId = 1;
/** How those two are shown; a text that holds these strings is encoded as any other text. */
export const specialTokens = ["<unknown>", "<end>"] as const;

export type Tokenizer = {
  readonly kind: TokenizerName;
  /** The text of each id; special tokens first. */
  readonly vocabulary: readonly string[];
  /** Tokens of the text; what the vocabulary lacks is `unknownId`. */
  encode(text: string): number[];
  /** The text of the tokens: "<unknown>" for what is unknown, nothing for an end. */
  decode(ids: Iterable<number>): string;
  /** Decodes as ids arrive: each call returns the text that is certain by now; `flush` returns what was held back. */
  decoder(): TokenDecoder;
  /** Plain data from which `tokenizerFrom` makes the same tokenizer. */
  toJSON(): TokenizerData;
};

export type TokenDecoder = { write(id: number): string; flush(): string };

/** What a checkpoint keeps of a tokenizer. */
export type TokenizerData =
  | { kind: "characters" | "words" | "spaces"; lowercase: boolean; vocabulary: string[] }
  /** Two ids a merge, in the order in which they were learned; ids 2 … 257 are the bytes. */
  | { kind: "subwords"; lowercase: boolean; merges: number[] };

export type TrainerOptions = {
  /** How many tokens to keep, special ones included; absent, the tokenizer's own default. */
  vocabulary?: number;
  /** Whether text is put in lower case before anything else. */
  lowercase?: boolean;
};

/** Makes a tokenizer from a training text that it is shown piece by piece. */
export type TokenizerTrainer = {
  add(text: string): void;
  finish(): Tokenizer;
};

/** A tokenizer's entry in the table of them all. */
export type TokenizerKind = {
  describe: string;
  /** How many tokens are kept unless asked otherwise; Infinity for all that there are. */
  defaultVocabulary: number;
  /** The fewest tokens that it can do with. */
  smallestVocabulary: number;
  trainer: (options: Required<TrainerOptions>) => TokenizerTrainer;
  /** @throws UserError for data that no tokenizer of this kind has written */
  from: (data: unknown) => Tokenizer;
};
