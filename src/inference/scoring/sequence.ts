/** @file A line as what a network reads of it: what stands before a line, its tokens, and its end. */
import type { TextModel } from "../../model/model.js";
import { endId } from "../../tokenizers/specialTokens.js";

/** before: how many tokens are read without being scored. */
export type Sequence = { ids: number[]; before: number };

/** A line after the end of the line before it, or of a document where the network was taught documents. */
export function sequenceOf({ tokenizer, document }: Pick<TextModel, "tokenizer" | "document">, text: string): Sequence {
  const end = document.corpus.shape === "documents" ? [endId] : tokenizer.encode("\n");
  return { ids: [...end, ...tokenizer.encode(text), ...end], before: end.length };
}
