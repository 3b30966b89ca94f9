/** @file Writes vocabulary.json, which exporters put beside a network: tokenizer, scaling, labels, and what a generator reads first. */
import { formatJson, type JsonObject } from "../../common/json.js";
import { maxDeviations, type Scale } from "../../examples/scaling.js";
import { endLength } from "../../examples/lexicon.js";
import type { Model, TextModel } from "../../model/model.js";

import { isPooled } from "../../network/spec.js";
import { bannedTokens, promptIds } from "../../inference/generation/promptIds.js";
import { type Tokenizer, tokenizerDefinition } from "../../tokenizers/index.js";
import { type Normalization, readNormalization } from "../../tokenizers/normalization.js";

export const vocabularyFile = "vocabulary.json";
export const vocabularyFormat = "rnn-text vocabulary";

/** Whether vocabulary.json describes how a tokenizer cuts text. */
export const hasPiecePattern = (tokenizer: string): boolean =>
  tokenizerDefinition(tokenizer).piecePattern !== undefined;

/** How a text becomes ids. */
export type VocabularyTokens = {
  /** The name of the tokenizer. */
  kind: string;
  /** What precedes lowercasing: nfc (composed characters), quotes (straight apostrophes and quotation marks), clusters (spaces within Thai, Lao, Khmer and Myanmar). Absent: nothing. */
  normalization?: Normalization;
  lowercase: boolean;
  /** For words: whether clusters of Thai, Lao, Khmer and Myanmar, and the long-vowel mark of kana, are words of scripts without spaces. Absent: no. */
  clusters?: boolean;
  /** Regular expression of the pieces that are looked up; for subwords, of the pieces within which bytes are merged. Absent for a tokenizer that it cannot describe. */
  cut?: string;
  /** In the order of their ids. */
  tokens: readonly string[];
  /** For subwords: ids 2 … 257 are the bytes of UTF-8. Merge i joins the pair of ids at 2i and 2i + 1 into the id 258 + i; the merge with the lowest id is applied first. */
  merges?: readonly number[];
};

export type Vocabulary = {
  format: typeof vocabularyFormat;
  version: 1;
  task: Model["task"];
  /** The input of a step: a token or a row of numbers. */
  reads: Model["inputs"];
  /** The tokenizer of a network that reads tokens. */
  text?: VocabularyTokens;
  /** The characters of words, for a tagger that reads them: of a word longer than 2 · ends, the first and last `ends` characters. */
  spelling?: VocabularyTokens & { ends: number };
  /** The scaling of rows of numbers: (number - mean) / deviation for each column, clipped to -most … most. */
  numbers?: { columns: readonly Scale[]; most: number };
  /** Maximum number of steps: the first ones of a sequence, or the last ones for a generator that reads a window. */
  longest?: number;
  /** In the order of the outputs. */
  labels?: readonly string[];
  /** For a regressor: prediction = output · deviation + mean. */
  target?: Scale;
  /** For a generator: the ids to read before every prompt, the ids to read without a prompt, and the ids that are never generated. */
  writes?: { beforePrompt: readonly number[]; withoutPrompt: readonly number[]; never: readonly number[] };
};

/** The content of vocabulary.json for a model. */
export function vocabularyOf(model: Model): Vocabulary {
  const { task, inputs, labels, target } = model;
  const longest = longestOf(model);
  return {
    format: vocabularyFormat,
    version: 1,
    task,
    reads: inputs,
    ...(model.inputs === "tokens"
      ? {
          text: tokensOf(model.tokenizer),
          ...(model.spelling && { spelling: { ...tokensOf(model.spelling), ends: endLength } }),
        }
      : { numbers: { columns: model.scaling, most: maxDeviations } }),
    ...(longest !== undefined && { longest }),
    ...(labels.length > 0 && { labels }),
    ...(target && { target }),
    ...(model.inputs === "tokens" && task === "generator" && { writes: writesOf(model) }),
  };
}

/** The text of vocabulary.json. */
export const vocabularyText = (vocabulary: JsonObject): string => `${formatJson(vocabulary)}\n`;

function longestOf(model: Model): number | undefined {
  const { task, recipe } = model;
  if (task === "tagger") return undefined;
  if (task === "generator") return isPooled(model.network.spec) ? recipe.sequenceLength : undefined;
  return recipe.maxLength;
}

/** A tokenizer as data. */
export function tokensOf(tokenizer: Tokenizer): VocabularyTokens {
  const data = tokenizer.toJSON();
  const { kind, normalization, lowercase, clusters, merges } = data;
  const normalized = readNormalization(normalization);
  const { piecePattern } = tokenizerDefinition(kind);
  const cut = typeof piecePattern === "function" ? piecePattern(data) : piecePattern;
  return {
    kind,
    ...(normalized.length > 0 && { normalization: normalized }),
    lowercase,
    ...(clusters === true && { clusters }),
    ...(cut !== undefined && { cut }),
    tokens: tokenizer.vocabulary,
    ...(Array.isArray(merges) && { merges: merges as number[] }),
  };
}

function writesOf({ tokenizer, document }: TextModel): NonNullable<Vocabulary["writes"]> {
  const { shape } = document.corpus;
  const start = promptIds(tokenizer, shape, []);
  const always = shape === "documents";
  return { beforePrompt: always ? start : [], withoutPrompt: start, never: bannedTokens(shape) };
}
