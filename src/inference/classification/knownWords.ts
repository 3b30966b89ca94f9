/** @file Whether a text has a word that the model knows: without one, its label says nothing about the text. */
import type { Model } from "../../model/model.js";
import { tokenizerDefinition } from "../../tokenizers/index.js";
import { specialTokens, unknownId } from "../../tokenizers/specialTokens.js";

/** [vocabulary], 1 for tokens that are neither special nor spacing nor punctuation alone; by model, since a vocabulary can be large. */
const wordTokens = new WeakMap<Model, Uint8Array>();

function wordTokensOf(model: Model): Uint8Array {
  const found = wordTokens.get(model);
  if (found || model.inputs !== "tokens") return found ?? new Uint8Array();
  const { kind, vocabulary } = model.tokenizer;
  const { isSpacing } = tokenizerDefinition(kind);
  const made = Uint8Array.from(vocabulary, (token, id) =>
    Number(id >= specialTokens.length && !isSpacing(token) && !/^[\p{P}\s]*$/u.test(token)),
  );
  wordTokens.set(model, made);
  return made;
}

/** Whether a text has unknown tokens and, beside them, only spacing and punctuation. @param ids of its tokens */
export function hasNoKnownWord(model: Model, ids: ArrayLike<number>): boolean {
  if (model.inputs !== "tokens") return false;
  let hasUnknown = false;
  const isWord = wordTokensOf(model);
  for (let index = 0; index < ids.length; index++) {
    if (isWord[ids[index]!] === 1) return false;
    hasUnknown ||= ids[index] === unknownId;
  }
  return hasUnknown;
}
