/** @file The tokens that a network reads before it generates, and those that it must not generate. */
import type { Corpus } from "../../corpus/document.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { endId, unknownId } from "../../tokenizers/specialTokens.js";

type Shape = Corpus["shape"];

/** The tokens that every row of a batch reads before its first draw. */
export type Prompt = {
  /** At least one token id. */
  ids: readonly number[];
  /** Those of them that belong to the text, which samplers read; by default all. */
  text?: readonly number[];
  rows: number;
  /** Tokens that a pooled network reads for each draw: the last ones. */
  window: number;
  /** Called while a long prompt is read, with the tokens read so far. */
  onRead?: ((read: number) => void) | undefined;
};

/**
 * The ids of a prompt as the network reads them. Documents: the end token of the previous document, then the prompt. Stream: the prompt alone, or
 * a newline in place of an empty prompt, or the end token if the tokenizer makes no token of a newline.
 * @param encoded the prompt's own ids
 */
export function promptIds(tokenizer: Tokenizer, shape: Shape, encoded: readonly number[]): readonly number[] {
  if (shape === "documents") return [endId, ...encoded];
  const ids = encoded.length > 0 ? encoded : tokenizer.encode("\n");
  return ids.length > 0 ? ids : [endId];
}

/** Ids that are never drawn: the unknown token, and in a stream the end token, because only a document has an end. */
export const bannedTokens = (shape: Shape): number[] => (shape === "documents" ? [unknownId] : [unknownId, endId]);
