/** @file vocabulary.json: what a program needs beside a network's weights to read and write as `rnn` does. The exporters write it beside their models. */
import { formatJson, type JsonObject } from "../../common/json.js";
import { mostDeviations, type Scale } from "../../examples/scaling.js";
import { endLength } from "../../examples/lexicon.js";
import type { Model, TextModel } from "../../model/model.js";
import type { TokenizerName } from "../../common/names.js";
import { isPooled } from "../../network/spec.js";
import { bannedFrom, startOf } from "../../inference/generation/promptIds.js";
import type { Tokenizer } from "../../tokenizers/tokenizer.js";

export const vocabularyFile = "vocabulary.json";
export const vocabularyFormat = "rnn-text vocabulary";

/** Characters of scripts that are written without spaces. */
const dense = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`;
const wordLike = String.raw`(?![${dense}])[\p{L}\p{M}\p{N}]`;
const digit = String.raw`(?![${dense}])\p{N}`;
const letters = String.raw`[\p{L}\p{M}${dense}]`;
const space = String.raw`[^\S\n]`;

/** Unicode regular expressions, as JavaScript's flags "gu" read them: their matches, one after the other, are all of a text. */
const cuts: { [Name in TokenizerName]: string } = {
  characters: String.raw`[\s\S]`,
  words: [
    String.raw`\n`,
    `${space}+`,
    String.raw`(?:${wordLike})+(?:(?:['’_-]|(?<=${digit})[.,:](?=${digit}))(?:${wordLike})+)*`,
    String.raw`[\s\S](?:[\p{M}\p{Emoji_Modifier}]|\u200D\S)*`,
  ].join("|"),
  spaces: String.raw`\n|${space}+|\S+`,
  subwords: [
    ` ?${letters}{1,64}(?:['’]${letters}{1,16})?`,
    ` ?(?:${digit}){1,3}`,
    String.raw`\n{1,16}`,
    String.raw` ?[^\s\p{L}\p{M}\p{N}${dense}]{1,16}`,
    String.raw`${space}{1,63}(?=${space}\S)|${space}{1,64}`,
  ].join("|"),
};

/** How a text is cut: `tokens` in the order of their ids. */
export type VocabularyTokens = {
  kind: TokenizerName;
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

/** What a tokenizer does, as data. */
export function tokensOf(tokenizer: Tokenizer): VocabularyTokens {
  const data = tokenizer.toJSON();
  const { kind, lowercase } = data;
  return {
    kind,
    lowercase,
    cut: cuts[kind],
    tokens: tokenizer.vocabulary,
    ...("merges" in data && { merges: data.merges }),
  };
}

function writesOf({ tokenizer, document }: TextModel): NonNullable<Vocabulary["writes"]> {
  const { shape } = document.corpus;
  const start = startOf(tokenizer, shape, []);
  const always = shape === "documents";
  return { beforePrompt: always ? start : [], withoutPrompt: start, never: bannedFrom(shape) };
}
