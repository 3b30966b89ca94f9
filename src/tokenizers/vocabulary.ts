/** @file Counts tokens, keeps the most frequent ones as a vocabulary, and reads a stored vocabulary. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import { formerUnknownToken, specialTokens, unknownId } from "./specialTokens.js";
import { codeUnits } from "./codeUnits.js";
import { SliceIndex } from "./sliceIndex.js";

/** Above this number of different tokens, those seen once are forgotten, or so many of the rarest that half are left. */
const maxCounted = 1 << 21;

/** How often each token occurs. */
export class TokenCounts {
  #tokens = new SliceIndex();
  #counts: number[] = [];

  constructor(private readonly limit = maxCounted) {}

  /** Counts a token: the slice of a text from `start` to before `end`. */
  add(units: Uint16Array, start: number, end: number): void {
    if (this.#tokens.size >= this.limit) this.#forgetRare();
    const index = this.#tokens.findOrAdd(units, start, end);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  /** The most frequent tokens; ties in the order of their UTF-16 code units. */
  mostFrequent(limit: number): string[] {
    return Array.from(this.#largest(limit), (index) => this.#tokens.text(index));
  }

  /** The most frequent tokens with their counts. */
  *frequent(limit: number): Generator<[token: string, count: number]> {
    for (const index of this.#largest(limit)) yield [this.#tokens.text(index), this.#counts[index]!];
  }

  /** The indices of the most frequent tokens, in their order. Without strings, because there may be millions of other tokens. */
  #largest(limit: number): Int32Array {
    const counts = this.#counts;
    const kept = Math.min(counts.length, Math.max(0, limit));
    const smallest = kept === 0 ? Infinity : Float64Array.from(counts).toSorted()[counts.length - kept]!;
    const candidates = new Int32Array(counts.reduce((sum, count) => (count >= smallest ? sum + 1 : sum), 0));
    let next = 0;
    for (const [index, count] of counts.entries()) if (count >= smallest) candidates[next++] = index;
    candidates.sort((left, right) => counts[right]! - counts[left]! || this.#tokens.compare(left, right));
    return candidates.subarray(0, kept);
  }

  #forgetRare(): void {
    const [tokens, counts] = [this.#tokens, this.#counts];
    this.#tokens = new SliceIndex();
    const half = Float64Array.from(counts).toSorted()[counts.length - Math.floor(this.limit / 2)]!;
    const rare = Math.max(1, half);
    this.#counts = counts.filter((count) => count > rare);
    for (const [index, count] of counts.entries()) if (count > rare) this.#tokens.addFrom(tokens, index);
  }
}

export const lowercased = (text: string): string => text.toLowerCase();
export const unchanged = (text: string): string => text;

/** `encode` from `encodePieces`. */
export const wholeOf =
  (encodePieces: (text: string, size: number) => Generator<number[]>) =>
  (text: string): number[] => {
    for (const ids of encodePieces(text, Infinity)) return ids;
    return [];
  };

/** An index of a vocabulary without its special tokens: a token's id is its index plus `specialTokens.length`. */
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
    v.transform((tokens) =>
      tokens[unknownId] === formerUnknownToken ? tokens.with(unknownId, specialTokens[unknownId]) : tokens,
    ),
    v.check((tokens) => specialTokens.every((token, id) => tokens[id] === token), "expected the special tokens first"),
    v.check((tokens) => new Set(tokens.slice(2)).size === tokens.length - 2, "expected each token once"),
  ),
});

/** Checks the data of a tokenizer. @throws UserError for data that does not fit the schema */
export const checkedTokenizer = <Schema extends v.GenericSchema>(
  schema: Schema,
  data: unknown,
): v.InferOutput<Schema> => checked(schema, data, (problems) => `the tokenizer is damaged: ${problems}`);

/** @throws UserError for data without a vocabulary */
export const checkedVocabulary = (data: unknown): v.InferOutput<typeof vocabularySchema> =>
  checkedTokenizer(vocabularySchema, data);
