/** @file A vocabulary that another program's network was trained with, as a tokenizer of ours. */
import { readFile, stat } from "node:fs/promises";
import * as v from "valibot";
import { isObject } from "../../common/json.js";
import { inFile, UserError } from "../../common/errors.js";
import { readingError } from "../../corpus/byteSource.js";
import { specialTokens } from "../../tokenizers/specialTokens.js";
import { type Tokenizer, tokenizerDefinition, tokenizerFrom } from "../../tokenizers/index.js";

export type VocabularyOptions = {
  tokenizer?: string | undefined;
  lowercase?: boolean | undefined;
  /** What the vocabulary calls the token for all that it lacks, a text's end, and what fills rows up. */
  unknown?: string | undefined;
  end?: string | undefined;
  padding?: string | undefined;
  /** Whether each token is a word, as where each has a tag. */
  words?: boolean;
};

export type Vocabulary = {
  tokenizer: Tokenizer;
  /** Tokens that the file has. */
  size: number;
  /** Of each of the tokenizer's tokens, which of the file's it is, -1 for none; null where they are the same. */
  order: Int32Array | null;
  hasEnd: boolean;
};

const largest = 2 ** 28; // bytes

const list = v.array(v.string());
/** No v.record, which passes over the words "constructor" and "prototype". */
const numbered = v.custom<Record<string, number>>(
  (data) => isObject(data) && Object.values(data).every(Number.isSafeInteger),
);

/** JSON of a file. @throws UserError for what cannot be read or is no JSON */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    if ((await stat(path)).size > largest) throw new UserError(`${path} is larger than 256 MiB`);
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
 * A list of tokens in the order of their numbers, the number of each by its name, or a tokenizer as a checkpoint keeps it.
 * @param path for messages
 * @throws UserError for any other data, and for tokens that the kind of tokenizer does not have
 */
export function vocabularyFrom(data: unknown, path: string, options: VocabularyOptions): Vocabulary {
  if (!isObject(data) || typeof data["kind"] !== "string") return vocabularyOf(tokensOf(data, path), path, options);
  const tokenizer = tokenizerFrom(data);
  return { tokenizer, size: tokenizer.vocabulary.length, order: null, hasEnd: true };
}

/** In the order of their numbers. */
function tokensOf(data: unknown, path: string): string[] {
  const listed = v.safeParse(list, data);
  const named = v.safeParse(numbered, data);
  if (!listed.success && !named.success) {
    throw new UserError(
      `${path} is no vocabulary: expected a list of tokens as in ["<unk>", "the", "a"], or their numbers as in {"<unk>": 0, "the": 1}, or a "tokenizer" as in checkpoint.json`,
    );
  }
  if (listed.success) return listed.output;
  const entries = Object.entries(named.success ? named.output : {}).toSorted((a, b) => a[1] - b[1]);
  const wrong = entries.find(([, number], index) => number !== index);
  if (!wrong) return entries.map(([token]) => token);
  throw new UserError(
    `${path} numbers ${JSON.stringify(wrong[0])} as ${wrong[1]}, and every number from 0 on is wanted once`,
  );
}

/** What others call the tokens that are no text's. */
const usual = {
  unknown: ["<unk>", "<unknown>", "[UNK]", "<UNK>"],
  end: ["<end>", "<eos>", "</s>", "[EOS]", "<EOS>", "<|endoftext|>"],
  padding: ["<pad>", "[PAD]", "<PAD>", ""],
};

function vocabularyOf(tokens: string[], path: string, options: VocabularyOptions): Vocabulary {
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  if (idOf.size < tokens.length) {
    const twice = tokens.find((token, id) => idOf.get(token) !== id)!;
    throw new UserError(`${path} has the token ${JSON.stringify(twice)} twice`);
  }
  const special = (name: keyof typeof usual): string | undefined => {
    const given = options[name];
    if (given === undefined) return usual[name].find((token) => idOf.has(token));
    if (idOf.has(given)) return given;
    throw new UserError(`--${name} ${given} is no token of ${path}`);
  };
  const [unknown, end, padding] = [special("unknown"), special("end"), special("padding")];
  const own = tokens.filter((token) => token !== unknown && token !== end && token !== padding);
  const areCharacters = !options.words && own.every((token) => Array.from(token).length === 1);
  const kind = options.tokenizer ?? (areCharacters ? "characters" : "whitespace");
  const placed = arranged(own, kind, path);
  const vocabulary = [...specialTokens, ...placed];
  const tokenizer = tokenizerFrom({ kind, lowercase: options.lowercase ?? false, vocabulary });
  const idsOf = [unknown, end, ...placed].map((token) => (token === undefined ? -1 : idOf.get(token)!));
  return { tokenizer, size: tokens.length, order: Int32Array.from(idsOf), hasEnd: end !== undefined };
}

/** The tokens in the order that the tokenizer has them. @throws UserError where one is not what such a tokenizer makes */
function arranged(own: string[], kind: string, path: string): string[] {
  const { importTokens, unit } = tokenizerDefinition(kind);
  if (!importTokens) {
    throw new UserError(
      `${path} is a list of tokens, which does not say how ${unit} are made; give a "tokenizer" as in checkpoint.json`,
    );
  }
  return inFile(path, () => importTokens(own));
}
