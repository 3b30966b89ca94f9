/** @file vocabulary.json: what a program needs beside a network's weights to read and write as `rnn` does. The exporters write it beside their models. */
import { formatJson, type JsonObject } from "../../common/json.js";
import { mostDeviations, type Scale } from "../../examples/scaling.js";
import { endLength } from "../../examples/lexicon.js";
import type { Model, TextModel } from "../../model/model.js";
import { UserError } from "../../common/errors.js";
import { isPooled } from "../../network/spec.js";
import { bannedTokens, promptIds } from "../../inference/generation/promptIds.js";
import { type Tokenizer, tokenizerDefinition } from "../../tokenizers/index.js";

export const vocabularyFile = "vocabulary.json";
export const vocabularyFormat = "rnn-text vocabulary";

/** How a text is cut: `tokens` in the order of their ids. */
export type VocabularyTokens = {
  kind: string;
  lowercase: boolean;
  /** Regular expression of the pieces that are looked up, or, of subwords, within which bytes are merged. */
  cut: string;
  tokens: readonly string[];
  /** Of subwords: ids 2 … 257 are the bytes of UTF-8; merge i, of two ids a merge, makes the id 258 + i. The lowest that can be made is made first. */
  merges?: readonly number[];
};

export type Vocabulary = {
  format: typeof vocabularyFormat;
  version: 1;
  task: Model["task"];
  /** What is read at each step. */
  reads: Model["inputs"];
  /** Where tokens are read. */
  text?: VocabularyTokens;
  /** Where words are read with their characters: of a longer word than twice `ends`, the first and last so many. */
  spelling?: VocabularyTokens & { ends: number };
  /** Where rows of numbers are read: of each column (number - mean) / deviation, from -most to most. */
  numbers?: { columns: readonly Scale[]; most: number };
  /** Steps that are read of a sequence, from its beginning; of a generator that reads a window, from its end. */
  longest?: number;
  /** In the order of the outputs. */
  labels?: readonly string[];
  /** Of a regressor: the number is its output · deviation + mean. */
  target?: Scale;
  /** Of a generator: ids that it reads before any prompt or where there is none, and that it never writes. */
  writes?: { beforePrompt: readonly number[]; withoutPrompt: readonly number[]; never: readonly number[] };
};

/** All that a model's network does not say of what it reads and writes. */
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
      : { numbers: { columns: model.scaling, most: mostDeviations } }),
    ...(longest !== undefined && { longest }),
    ...(labels.length > 0 && { labels }),
    ...(target && { target }),
    ...(model.inputs === "tokens" && task === "generator" && { writes: writesOf(model) }),
  };
}

/** The same as a file that people can read. */
export const vocabularyText = (vocabulary: JsonObject): string => `${formatJson(vocabulary)}\n`;

function longestOf({ task, recipe, network }: Model): number | undefined {
  if (task === "tagger") return undefined;
  if (task === "generator") return isPooled(network.spec) ? recipe.sequenceLength : undefined;
  return recipe.maxLength;
}

/** A tokenizer as data. @throws UserError for one that no loader knows */
export function tokensOf(tokenizer: Tokenizer): VocabularyTokens {
  const { kind, lowercase, merges } = tokenizer.toJSON();
  const { piecePattern } = tokenizerDefinition(kind);
  if (piecePattern === undefined)
    throw new UserError(`the tokenizer ${kind} has no piecePattern, so only --to safetensors and web export it`);
  return {
    kind,
    lowercase,
    cut: piecePattern,
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
