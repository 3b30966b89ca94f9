/** @file Which tokens a vocabulary keeps, and what all tokenizers do with one. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import { specialTokens } from "./tokenizer.js";
import { codeUnits } from "./codeUnits.js";
import { SliceIndex } from "./sliceIndex.js";

/** Beyond so many different tokens, those seen once are forgotten, so that any text can be counted in bounded memory. */
const mostCounted = 1 << 21;

/** How often each token occurs. */
export class TokenCounts {
  #tokens = new SliceIndex();
  #counts: number[] = [];

  /** Counts the slice of a text. */
  add(units: Uint16Array, start: number, end: number): void {
    if (this.#tokens.size >= mostCounted) this.#forgetRare();
    const index = this.#tokens.findOrAdd(units, start, end);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  *[Symbol.iterator](): Generator<[token: string, count: number]> {
    for (const [index, count] of this.#counts.entries()) yield [this.#tokens.text(index), count];
  }

  /** The most frequent tokens; among equals, in the order of their UTF-16 code units. */
  mostFrequent(limit: number): string[] {
    const tokens = [...this];
    tokens.sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1));
    return tokens.slice(0, Math.max(0, limit)).map(([token]) => token);
  }

  #forgetRare(): void {
    const frequent = [...this].filter(([, count]) => count > 1);
    this.#tokens = new SliceIndex();
    this.#counts = frequent.map(([, count]) => count);
    for (const [token] of frequent) this.#tokens.add(token);
  }
}

export const lowercased = (text: string): string => text.toLowerCase();
export const unchanged = (text: string): string => text;

/** Numbers the tokens of a vocabulary but its special ones, which are no text's: a token's id is its number and `specialTokens.length`. */
export function indexOf(vocabulary: readonly string[]): SliceIndex {
  const index = new SliceIndex();
  const tokens = vocabulary.slice(specialTokens.length);
  const units = codeUnits(tokens.join(""));
  let start = 0;
  for (const { length } of tokens) index.findOrAdd(units, start, (start += length));
  return index;
}

const vocabularySchema = v.strictObject({
  kind: v.string(),
  lowercase: v.boolean(),
  vocabulary: v.pipe(
    v.array(v.string()),
    v.check((tokens) => specialTokens.every((token, id) => tokens[id] === token), "expected the special tokens first"),
    v.check((tokens) => new Set(tokens.slice(2)).size === tokens.length - 2, "expected each token once"),
  ),
});

/** Data of a tokenizer. @throws UserError for what does not fit the schema */
export const checkedTokenizer = <Schema extends v.GenericSchema>(
  schema: Schema,
  data: unknown,
): v.InferOutput<Schema> => checked(schema, data, (problems) => `the tokenizer is damaged: ${problems}`);

/** @throws UserError for what is no vocabulary */
export const checkedVocabulary = (data: unknown): v.InferOutput<typeof vocabularySchema> =>
  checkedTokenizer(vocabularySchema, data);
