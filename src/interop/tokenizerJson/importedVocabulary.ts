/** @file Reads the vocabulary of another program, as a tokenizer. */
import { readFile, stat } from "node:fs/promises";
import * as v from "valibot";
import { isObject } from "../../common/json.js";
import { inFile, UserError } from "../../common/errors.js";

import { readingError } from "../../corpus/sources/byteSource.js";
import { specialTokens } from "../../tokenizers/specialTokens.js";
import { type Tokenizer, tokenizerDefinition, tokenizerFrom } from "../../tokenizers/index.js";

export type VocabularyOptions = {
  /** The tokenizer that makes the tokens. Default: characters if all tokens are single characters, else whitespace. */
  tokenizer?: string | undefined;
  /** Whether the tokens are of lowercased text. Default: false. */
  lowercase?: boolean | undefined;
  /** The token of the file for unknown tokens. Default: recognized by its name, such as `<unk>`. */
  unknown?: string | undefined;
  /** The token of the file for the end of a text. Default: recognized by its name. */
  end?: string | undefined;
  /** The token of the file for padding. Default: recognized by its name. */
  padding?: string | undefined;
  /** Whether each token is a word, as in a tagger. Default: false. */
  words?: boolean;
};

export type ImportedVocabulary = {
  tokenizer: Tokenizer;
  /** Number of tokens in the file. */
  size: number;
  /** For each id of the tokenizer the id in the file, -1 for none; null if they are the same. */
  order: Int32Array | null;
  hasEnd: boolean;
};

const maxFileBytes = 2 ** 28;

const list = v.array(v.string());
/** Not v.record, which skips the keys "constructor" and "prototype". */
const numbered = v.custom<Record<string, number>>(
  (data) => isObject(data) && Object.values(data).every(Number.isSafeInteger),
);

/** The JSON of a file. @throws UserError if it cannot be read or is not JSON */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    if ((await stat(path)).size > maxFileBytes) throw new UserError(`${path} is larger than 256 MiB`);
    text = await readFile(path, "utf8");
  } catch (error) {
    throw readingError(error, path);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${path} is not JSON`);
  }
}

/**
 * Reads a list of tokens in the order of their ids, an object of ids by token, or a tokenizer as a checkpoint stores it.
 * @param path of the file, for messages
 * @throws UserError for other data, and for tokens that the tokenizer cannot have
 */
export function vocabularyFrom(data: unknown, path: string, options: VocabularyOptions): ImportedVocabulary {
  if (!isObject(data) || typeof data["kind"] !== "string") return vocabularyOf(tokensOf(data, path), path, options);
  const tokenizer = tokenizerFrom(data);
  return { tokenizer, size: tokenizer.vocabulary.length, order: null, hasEnd: true };
}

/** The tokens in the order of their ids. */
function tokensOf(data: unknown, path: string): string[] {
  const listed = v.safeParse(list, data);
  const named = v.safeParse(numbered, data);
  if (!listed.success && !named.success) {
    throw new UserError(
      `${path} is not a vocabulary: expected a list of tokens such as ["<unk>", "the", "a"], ids by token such as {"<unk>": 0, "the": 1}, or the "tokenizer" of a checkpoint.json`,
    );
  }
  if (listed.success) return listed.output;
  const entries = Object.entries(named.success ? named.output : {}).toSorted((a, b) => a[1] - b[1]);
  const wrong = entries.find(([, number], index) => number !== index);
  if (!wrong) return entries.map(([token]) => token);
  throw new UserError(
    `${path} has the id ${wrong[1]} for ${JSON.stringify(wrong[0])}; expected each id from 0 to ${entries.length - 1} once`,
  );
}

/** Common names of the special tokens. */
const specialNames = {
  unknown: ["<unk>", "<unknown>", "[UNK]", "<UNK>"],
  end: ["<end>", "<eos>", "</s>", "[EOS]", "<EOS>", "<|endoftext|>"],
  padding: ["<pad>", "[PAD]", "<PAD>", ""],
};

function vocabularyOf(tokens: string[], path: string, options: VocabularyOptions): ImportedVocabulary {
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  if (idOf.size < tokens.length) {
    const duplicate = tokens.find((token, id) => idOf.get(token) !== id)!;
    throw new UserError(`${path} contains the token ${JSON.stringify(duplicate)} twice`);
  }
  const special = (name: keyof typeof specialNames): string | undefined => {
    const token = options[name];
    if (token === undefined) return specialNames[name].find((common) => idOf.has(common));
    if (idOf.has(token)) return token;
    throw new UserError(`--${name}: ${path} has no token ${JSON.stringify(token)}`);
  };
  const [unknown, end, padding] = [special("unknown"), special("end"), special("padding")];
  const own = tokens.filter((token) => token !== unknown && token !== end && token !== padding);
  const areCharacters = !options.words && own.every((token) => Array.from(token).length === 1);
  const kind = options.tokenizer ?? (areCharacters ? "characters" : "whitespace");
  const ordered = inTokenizerOrder(own, kind, path);
  const vocabulary = [...specialTokens, ...ordered];
  const tokenizer = tokenizerFrom({ kind, lowercase: options.lowercase ?? false, vocabulary });
  const order = [unknown, end, ...ordered].map((token) => (token === undefined ? -1 : idOf.get(token)!));
  return { tokenizer, size: tokens.length, order: Int32Array.from(order), hasEnd: end !== undefined };
}

/** The tokens in the order of the tokenizer. @throws UserError for tokens that the tokenizer cannot have */
function inTokenizerOrder(own: string[], kind: string, path: string): string[] {
  const { importTokens, unit } = tokenizerDefinition(kind);
  if (!importTokens) {
    throw new UserError(
      `${path} is a list of tokens, which does not store how ${unit} are made; give the "tokenizer" of a checkpoint.json`,
    );
  }
  return inFile(path, () => importTokens(own));
}
