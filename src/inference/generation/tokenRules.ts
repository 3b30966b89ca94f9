/** @file What texts say about tokens: biased logits, banned texts, and the ends of repetitions. */
import { UsageError, UserError } from "../../common/errors.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { specialTokens, unknownId } from "../../tokenizers/specialTokens.js";
import { bannedTexts } from "./bannedText.js";
import type { DistributionOptions } from "./distribution.js";

export type TokenRules = {
  /** What is added to the logits of tokens, by their texts; −∞ bans a token. */
  logitBias?: Readonly<Record<string, number>> | undefined;
  /** Texts that must not be generated: words as whole words, other texts and single characters everywhere, as they are written. */
  ban?: string | readonly string[] | undefined;
  /** Texts over which no repetition extends, for DRY; by default a newline, `:`, `"` and `*`. */
  drySequenceBreaker?: string | readonly string[] | undefined;
};

const defaultBreakers = ["\n", ":", '"', "*"];

/**
 * Options of draws that follow texts, for a tokenizer.
 * @param isDry whether DRY is on
 * @throws UserError for a text that is not one token, UsageError for ends of repetitions without DRY
 */
export function tokenOptions(
  tokenizer: Tokenizer,
  { logitBias = {}, ban = [], drySequenceBreaker }: TokenRules,
  isDry: boolean,
): Pick<DistributionOptions, "bias" | "banned" | "breakers" | "constraint"> {
  const bias = new Map(
    Object.entries(logitBias).map(([text, value]) => [tokenOf(tokenizer, text), checkedBias(text, value)]),
  );
  const banned = [ban].flat().filter((text) => text !== "");
  if (drySequenceBreaker !== undefined && !isDry)
    throw new UsageError("--dry-sequence-breaker has no effect without --dry-multiplier; add it or remove the text");
  const breakers = [isDry ? (drySequenceBreaker ?? defaultBreakers) : []].flat().filter((text) => text !== "");
  const found = banned.length > 0 ? bannedTexts(tokenizer, banned) : null;
  const isSingle = !tokenizer.bytesOf && banned.every((text) => Array.from(text).length === 1); // whole in a token
  return {
    ...(bias.size > 0 && { bias }),
    ...(found && { banned: found.ids, ...(!isSingle && { constraint: found.constraint }) }),
    breakers: breakers.flatMap((text) => breakersOf(tokenizer, text)),
  };
}

function checkedBias(text: string, value: number): number {
  if (Number.isFinite(value) || value === -Infinity) return value;
  throw new UserError(`logitBias: expected a number or -inf for ${text}, got ${value}`);
}

/** The id of the token with a text. @throws UserError if there is none */
function tokenOf(tokenizer: Tokenizer, text: string): number {
  const ids = tokenizer.encode(text);
  if (ids.length === 1 && ids[0] !== unknownId) return ids[0]!;
  const id = tokenizer.vocabulary.indexOf(text);
  if (id !== -1) return id;
  const pieces = ids.map((each) => JSON.stringify(tokenizer.vocabulary[each])).join(", ");
  const found = ids.includes(unknownId) || ids.length === 0 ? "it is not in the vocabulary" : `it is ${pieces}`;
  throw new UserError(`logit bias: ${JSON.stringify(text)} is not one token of this model: ${found}`);
}

/** The tokens that contain a text, and the sequence of tokens that it is by itself. */
function breakersOf(tokenizer: Tokenizer, text: string): number[][] {
  const containing = tokenizer.vocabulary
    .map((_, id) => id)
    .filter((id) => id >= specialTokens.length && tokenizer.decode([id]).includes(text));
  const own = tokenizer.encode(text);
  return [...containing.map((id) => [id]), ...(own.length > 1 && !own.includes(unknownId) ? [own] : [])];
}
