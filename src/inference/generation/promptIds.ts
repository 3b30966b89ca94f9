/** @file How a text begins for the network that writes it, and what may not be in it. */
import type { Corpus } from "../../corpus/document.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { endId, unknownId } from "../../tokenizers/specialTokens.js";

type Shape = Corpus["shape"];

/** What the network reads before its first word: the end of the document before, or of the line before where the text is one stream. */
export function startOf(tokenizer: Tokenizer, shape: Shape, prompt: readonly number[]): readonly number[] {
  if (shape === "documents") return [endId, ...prompt];
  return prompt.length > 0 ? prompt : tokenizer.encode("\n");
}

/** Tokens that are never drawn; only a document has an end. */
export const bannedFrom = (shape: Shape): number[] => (shape === "documents" ? [unknownId] : [unknownId, endId]);
