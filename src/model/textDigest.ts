/** @file The digest of a generator's training text: a filter of its runs, by which a checkpoint recognizes them without the text. */
import * as v from "valibot";
import type { NamedArrays, StoredDocument } from "../checkpoint/checkpoint.js";
import { checked } from "../common/checked.js";
import { UserError } from "../common/errors.js";
import type { JsonObject } from "../common/json.js";
import { CopyFilter } from "../copying/copyFilter.js";
import { charactersPerWord, type CopyUnits, copyUnitsOf, unitsOf } from "../copying/copyUnits.js";
import { type Sequence, sequencePieces } from "../examples/tokenStore.js";
import type { Tokenizer } from "../tokenizers/index.js";

/** The length of its runs, in words. */
const digestWords = 4;

const storedRecord = v.strictObject({
  unit: v.picklist(["words", "characters"]),
  length: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1000)),
});
const bitsName = "bits";

/** A length of so many words, in words or characters. */
export const lengthOfWords = ({ name }: CopyUnits, words: number): number =>
  name === "words" ? words : words * charactersPerWord;

/** The filter of the runs of a text. @param length in words or characters */
export function filterOf(tokens: Sequence, units: CopyUnits, length: number): CopyFilter {
  const bytesPerToken = Math.max(1, meanLength(tokens, units));
  const filter = CopyFilter.empty(length, tokens.length * bytesPerToken);
  const reader = filter.reader(units);
  for (const piece of sequencePieces(tokens)) reader.read(unitsOf(units, piece));
  return filter;
}

const sampledTokens = 1 << 16;

/** The units of a token, on average at the start of a text. */
const meanLength = (tokens: Sequence, units: CopyUnits): number => {
  const sample = tokens.slice(0, Math.min(sampledTokens, tokens.length));
  return unitsOf(units, sample).length / Math.max(1, sample.length);
};

export class TextDigest {
  private constructor(
    readonly filter: CopyFilter,
    private readonly unit: CopyUnits["name"],
  ) {}

  /** @param tokens the training text */
  static of(tokens: Sequence, tokenizer: Tokenizer): TextDigest {
    const units = copyUnitsOf(tokenizer);
    return new TextDigest(filterOf(tokens, units, lengthOfWords(units, digestWords)), units.name);
  }

  /** The digest of a checkpoint; undefined without one. @throws UserError for a damaged one */
  static from({ textDigest: record }: StoredDocument, arrays: NamedArrays | undefined): TextDigest | undefined {
    if (record === undefined) return undefined;
    const bits = arrays?.get(bitsName)?.values;
    if (!(bits instanceof Int32Array) || !Number.isInteger(Math.log2(bits.length)))
      throw new UserError("damaged or edited: it records a digest of its training text and has no file of it");
    const { unit, length } = checked(
      storedRecord,
      record,
      (problems) => `the record of its digest is damaged or was edited: ${problems}`,
    );
    return new TextDigest(CopyFilter.from(length, new Uint32Array(bits)), unit);
  }

  /** For `checkpoint.json`. */
  toJSON(): JsonObject {
    return { unit: this.unit, length: this.filter.length };
  }

  toArrays(): Map<string, { shape: number[]; values: Int32Array }> {
    const { bits } = this.filter;
    return new Map([[bitsName, { shape: [bits.length], values: new Int32Array(bits.buffer) }]]);
  }
}
