/** @file From text to token ids and back: the interface of a tokenizer, and the table of all of them. */
import { UserError } from "../common/errors.js";
import { isJsonObject, type JsonObject } from "../common/json.js";
import { formerTokenizerNames, type TokenizerName } from "../common/names.js";
import { Registry } from "../common/registry.js";
import { characters } from "./characterTokenizer.js";
import { type Normalization, normalizer, readNormalization } from "./normalization.js";
import { subwords } from "./subwordTokenizer.js";
import { whitespace } from "./whitespaceTokenizer.js";
import { words } from "./wordTokenizer.js";

export type Tokenizer = {
  /** The name of its definition. */
  readonly kind: string;
  /** The text of each id; special tokens first. */
  readonly vocabulary: readonly string[];
  /** The ids of a text's tokens; `unknownId` for a token that the vocabulary lacks. */
  encode(text: string): number[];
  /**
   * The ids that `encode` gives, in pieces of about `size`, so that a text of millions of tokens needs little memory. Absent: in one piece.
   */
  encodePieces?(text: string, size: number): Iterable<number[]>;
  /** The text of the ids: `<unk>` for `unknownId`, nothing for `endId`. */
  decode(ids: Iterable<number>): string;
  /** Decodes ids as they arrive: each call returns the text that later ids cannot change; `flush` returns the rest. */
  decoder(): TokenDecoder;
  /**
   * Which tokens may follow in a text that is generated, if not all may, as a finite automaton. A text begins in state 0, and ends there.
   * @returns the state after the token; -1 for a token that cannot follow
   */
  readonly follow?: (state: number, id: number) => number;
  /** The bytes of a token whose text in `vocabulary` may stand for a part of a character; undefined for special tokens. Absent: each token is whole characters. */
  readonly bytesOf?: (id: number) => Uint8Array | undefined;
  /** Plain data from which `tokenizerFrom` restores the tokenizer. */
  toJSON(): TokenizerData;
};

export type TokenDecoder = { write(id: number): string; flush(): string };

/** The data of a tokenizer in a checkpoint: its `normalization` if it has one, and the `vocabulary` of the built-in tokenizers, or the `merges` of byte-pair encoding. */
export type TokenizerData = JsonObject & { kind: string; lowercase: boolean };

export type TrainerOptions = {
  /** The largest size of the vocabulary, special tokens included. Default: the tokenizer's own. */
  vocabulary?: number;
  /** Whether text is lowercased before anything else. */
  lowercase?: boolean;
  /** Words: whether characters of Thai, Lao, Khmer and Myanmar, with their marks, and the long-vowel mark of kana are words as Han characters are. Default: false. */
  clusters?: boolean;
};

export type TokenizerOptions = TrainerOptions & {
  /** Steps that precede lowercasing. Default: none. */
  normalization?: Normalization;
};

/** Collects the training text piece by piece, then makes a tokenizer. */
export type TokenizerTrainer = {
  add(text: string): void;
  finish(): Tokenizer;
};

/** The definition of a tokenizer. Only `trainer` and `from` are required. */
export type TokenizerDefinition = {
  /** One line for help. */
  describe?: string;
  /** The plural of a token's name, as in "words". Default: tokens. */
  unit?: string;
  /** The default size of the vocabulary, special tokens included. Default: Infinity, for all tokens of the training text. */
  defaultVocabulary?: number;
  /** The smallest size of the vocabulary. Default: the special tokens and one more. */
  smallestVocabulary?: number;
  /** Tokens in about 150 characters of English: the length of the samples that training shows. Default: 50. */
  sampleLength?: number;
  /** Tokens in an n-gram of the baseline model: more of them gain little on a text of a few million tokens. Default: 4. */
  ngramOrder?: number;
  /** The number of ids after the special tokens that are not sorted by frequency, such as bytes. Default: 0. */
  unsortedTokens?: number;
  /** Whether tokens can be added at the end of the `vocabulary` in the data of its tokenizers. Default: false; a network that goes on from a checkpoint then keeps its tokens. */
  grows?: boolean;
  /** How misspelled words are found. Default: as for subwords. */
  spellCheck?: SpellCheck;
  /** Whether a token is white space, or its absence, beside words that are tokens of their own: a bag of n-grams passes over it. Default: none is. */
  isSpacing?: (token: string) => boolean;
  /** Whether each token is a whole word or mark beside spacing, so that a word ends with its token. Default: false. */
  wholeWords?: boolean;
  /**
   * The pieces of a text for exported vocabularies, as a regular expression with JavaScript's flags "gu": its matches, one after
   * the other, are the whole text; or a function that makes it from a tokenizer's data. Absent: no export to a format that cannot run this tokenizer.
   */
  piecePattern?: string | ((data: TokenizerData) => string);
  /**
   * Orders the tokens of another program's vocabulary, without special tokens, as this tokenizer orders its own.
   * Absent: a list of tokens does not determine the tokenizer.
   * @throws UserError for tokens that this tokenizer cannot produce
   */
  importTokens?: (tokens: readonly string[]) => string[];
  trainer: (options: Required<TrainerOptions>) => TokenizerTrainer;
  /** Restores a tokenizer from the result of its `toJSON`. @throws UserError for invalid data */
  from: (data: JsonObject) => Tokenizer;
};

export type SpellCheck = {
  /** Candidates are the vocabulary's words, or all strings that one edit makes. */
  candidates: "vocabulary" | "edits";
  /** Tokens after a candidate that are read to score it; tokens farther away hardly change the score. */
  following: number;
  /** The most that the tokens after a candidate's first one may add to its score, in nats, when candidates are chosen. */
  afterwards: number;
  /** Candidates of a word that are scored in full. */
  tried: number;
};

const defaults = {
  describe: "",
  unit: "tokens",
  defaultVocabulary: Infinity,
  smallestVocabulary: 3,
  sampleLength: 50,
  ngramOrder: 4,
  unsortedTokens: 0,
  grows: false,
  spellCheck: { candidates: "edits", following: 8, afterwards: 15, tried: 64 },
  isSpacing: () => false,
  wholeWords: false,
} as const satisfies Partial<TokenizerDefinition>;

const builtIn: { [Name in TokenizerName]: TokenizerDefinition } = { characters, words, whitespace, subwords };

const registry = new Registry<TokenizerDefinition>("tokenizer", builtIn);

/**
 * Adds a tokenizer, which then trains, is saved in checkpoints, and is loaded from them.
 * @param name a new one; it is the `kind` of its tokenizers and of their data
 * @throws UserError if the name is taken
 */
export const defineTokenizer = (name: string, definition: TokenizerDefinition): void =>
  registry.define(name, definition);

/** Removes a tokenizer that `defineTokenizer` added. */
export const removeTokenizer = (name: string): void => registry.remove(name);

/** The definition of that name, with its defaults. @throws UserError for an unknown name; the message has the nearest known names */
export const tokenizerDefinition = (
  name: string,
): TokenizerDefinition & Required<Pick<TokenizerDefinition, keyof typeof defaults>> => ({
  ...defaults,
  ...registry.get(formerTokenizerNames[name] ?? name),
});

/** @throws UserError for an unknown tokenizer, and for a vocabulary size that is too small for it */
export function tokenizerTrainer(name: string, options: TokenizerOptions = {}): TokenizerTrainer {
  const { defaultVocabulary, smallestVocabulary, unit, trainer } = tokenizerDefinition(name);
  const { vocabulary = defaultVocabulary, lowercase = false, clusters = false, normalization = [] } = options;
  if (!(vocabulary >= smallestVocabulary)) {
    throw new UserError(
      `a vocabulary of ${vocabulary} is too small for ${unit}; give --vocabulary ${smallestVocabulary} or more`,
    );
  }
  const inner = trainer({ vocabulary, lowercase, clusters });
  const normalize = normalizer(normalization);
  return {
    add: (text) => inner.add(normalize(text)),
    finish: () => normalized(inner.finish(), normalization),
  };
}

/** The ids of a text, in pieces of about `size`. */
export const encodePieces = (tokenizer: Tokenizer, text: string, size: number): Iterable<number[]> =>
  tokenizer.encodePieces?.(text, size) ?? [tokenizer.encode(text)];

/** A tokenizer that normalizes each text before it encodes it. */
function normalized(tokenizer: Tokenizer, normalization: Normalization): Tokenizer {
  if (normalization.length === 0) return tokenizer;
  const { kind, vocabulary } = tokenizer;
  const normalize = normalizer(normalization);
  return {
    kind,
    vocabulary,
    encode: (text) => tokenizer.encode(normalize(text)),
    encodePieces: (text, size) => encodePieces(tokenizer, normalize(text), size),
    decode: (ids) => tokenizer.decode(ids),
    decoder: () => tokenizer.decoder(),
    ...(tokenizer.bytesOf && { bytesOf: (id) => tokenizer.bytesOf!(id) }),
    ...(tokenizer.follow && { follow: (state, id) => tokenizer.follow!(state, id) }),
    toJSON: () => {
      const { kind: name, ...data } = tokenizer.toJSON();
      return { kind: name, normalization: [...normalization], ...data };
    },
  };
}

/**
 * Restores a tokenizer from the result of its `toJSON`.
 * @throws UserError for invalid data and for an unknown tokenizer
 */
export function tokenizerFrom(data: unknown): Tokenizer {
  if (!isJsonObject(data) || typeof data["kind"] !== "string") {
    throw new UserError(`the tokenizer is damaged: expected an object with a "kind"`);
  }
  const { normalization, ...own } = data;
  return normalized(tokenizerDefinition(data["kind"]).from(own), readNormalization(normalization));
}
