/** @file Texts from the library: read from files, cut into tokens and into windows. */
import { usualNormalization } from "../tokenizers/normalization.js";
import { findCheckpoint } from "../checkpoint/checkpoint.js";
import { UsageError, UserError } from "../common/errors.js";
import { type EncodingOption, type FormatName, tasks, type TokenizerName } from "../common/names.js";
import type { StandardInput } from "../corpus/corpus.js";
import { textsFrom } from "../corpus/readTexts.js";
import { textWindows, type TextWindow } from "../examples/textWindows.js";
import { settle } from "../options/option.js";
import { textOptions } from "../options/corpusOptions.js";
import { tokenizerFrom, tokenizerTrainer } from "../tokenizers/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { eachText, readOptions, type Texts } from "./libraryInputs.js";
import { listStream, type ResultStream } from "./resultStream.js";

export type ReadTextsOptions = {
  /** Default: by the file's name. */
  inputFormat?: FormatName | undefined;
  /** Default: `"utf-8"`. */
  encoding?: EncodingOption | undefined;
  /** Names or numbers of the columns with the text, in a table. Default: found by names and contents. */
  textColumn?: string | number | readonly (string | number)[] | undefined;
  /** The first row of a table is data. Default: false. */
  noHeader?: boolean | undefined;
  /** The bytes of the file `-`. */
  standardInput?: StandardInput | undefined;
};

/**
 * Reads the texts of files, one after the other, in constant memory: each line of plain text, or a column of a csv, tsv or jsonl file.
 *
 *     for await (const [best] of classify("critic", readTexts("mail.csv", { textColumn: "body" }))) console.log(best);
 *
 * @throws UserError for a file that cannot be read, UsageError for an option that its format does not have
 */
export function readTexts(
  files: string | readonly string[],
  { standardInput = noInput, ...options }: ReadTextsOptions = {},
): AsyncGenerator<string> {
  const reading = settle(textOptions, readOptions(textOptions, options));
  return textsFrom(typeof files === "string" ? [files] : files, reading, standardInput);
}

/** @throws UsageError always */
function noInput(): never {
  throw new UsageError("the file - needs the option standardInput");
}

export type TokenizeOptions = {
  /** The name of a checkpoint or the path of its folder, whose tokenizer is used. Default: a tokenizer is trained on the texts. */
  checkpoint?: string | undefined;
  /** A tokenizer, as in `model.tokenizer`, or the kind of the one to train. Default: `"words"`. */
  tokenizer?: TokenizerName | (string & {}) | Tokenizer | undefined;
  /** For a tokenizer that is trained: the size of its vocabulary. Default: 20,000 words, 8,000 subwords, all characters. */
  vocabulary?: number | undefined;
  /** For a tokenizer that is trained: lowercase the text. Default: false. */
  lowercase?: boolean | undefined;
};

/** The tokens of a text and their ids. */
export type Tokens = { ids: number[]; tokens: string[] };

/**
 * Cuts texts into tokens.
 *
 *     const [{ tokens }] = await tokenize("Don't panic, said the owl.");
 *
 * @returns for each text, in order, its tokens
 * @throws UserError for a checkpoint that reads rows of numbers, or for a vocabulary that is too small
 */
export const tokenize = (texts: Texts, options: TokenizeOptions = {}): ResultStream<Tokens> =>
  listStream(async function* () {
    const { tokenizer, read } = await tokenizerFor(texts, options);
    for await (const text of read) {
      const ids = tokenizer.encode(text);
      yield { ids, tokens: ids.map((id) => tokenizer.vocabulary[id]!) };
    }
  });

export type WindowOptions = TokenizeOptions & {
  /** Tokens in a window, from 1. Default: 5. */
  sequenceLength?: number | undefined;
  /** Include the shorter prefixes of each text, padded at the start with `""`. Default: false. */
  prefixes?: boolean | undefined;
};

/**
 * The n-gram windows of texts: some tokens, and the token that follows them.
 * @throws UserError as `tokenize` does
 */
export const windows = (
  texts: Texts,
  { sequenceLength = 5, prefixes = false, ...options }: WindowOptions = {},
): ResultStream<TextWindow> =>
  listStream(async function* () {
    const { tokenizer, read } = await tokenizerFor(texts, options);
    for await (const text of read) yield* textWindows(text, tokenizer, { steps: sequenceLength, prefixes });
  });

/** A tokenizer, and the texts to read with it: they are stored if the tokenizer is trained on them. */
async function tokenizerFor(
  texts: Texts,
  { checkpoint, tokenizer = "words", vocabulary, lowercase = false }: TokenizeOptions,
): Promise<{ tokenizer: Tokenizer; read: AsyncIterable<string> | string[] }> {
  if (typeof tokenizer === "object") return { tokenizer, read: eachText(texts) };
  if (checkpoint !== undefined) {
    const { folder, document } = await findCheckpoint(checkpoint, tasks);
    if (document.tokenizer) return { tokenizer: tokenizerFrom(document.tokenizer), read: eachText(texts) };
    throw new UserError(`${folder} reads rows of numbers and has no tokenizer`);
  }
  const trainer = tokenizerTrainer(tokenizer, {
    lowercase,
    normalization: usualNormalization(tokenizer, "generator"),
    clusters: true,
    ...(vocabulary !== undefined && { vocabulary }),
  });
  const kept: string[] = [];
  for await (const text of eachText(texts)) {
    kept.push(text);
    trainer.add(text);
  }
  return { tokenizer: trainer.finish(), read: kept };
}
