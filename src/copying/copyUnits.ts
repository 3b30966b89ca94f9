/** @file What a copied run is made of: words and punctuation marks for tokenizers of words, characters in UTF-8 for all others. */
import { type Tokenizer, tokenizerDefinition } from "../tokenizers/index.js";
import { endId, unknownId } from "../tokenizers/specialTokens.js";

/** A run of one word counts as long as one of so many characters. */
export const charactersPerWord = 5;

export type CopyUnits = {
  /** What the length of a run counts. */
  readonly name: "words" | "characters";
  /** The units of each token: ids of words, or bytes. Spaces between words have none. */
  readonly ofToken: readonly ArrayLike<number>[];
  /** Whether a unit is counted: the second and later bytes of a character are not. */
  readonly isCounted: (unit: number) => boolean;
  /** The line breaks in each token. */
  readonly lineBreaks: Uint8Array;
};

/** In place of an unknown token, and at the end of a document: no run goes over it. */
export const boundary = -1;

/** The units of a tokenizer's tokens. */
export function copyUnitsOf({ kind, vocabulary, bytesOf }: Tokenizer): CopyUnits {
  const { isSpacing } = tokenizerDefinition(kind);
  const lineBreaks = Uint8Array.from(vocabulary, (token) => Math.min(255, token.split("\n").length - 1));
  if (vocabulary.some(isSpacing)) {
    return {
      name: "words",
      ofToken: vocabulary.map((token, id) => (isBoundary(id) ? [boundary] : isSpacing(token) ? [] : [id])),
      isCounted: (unit) => unit !== boundary,
      lineBreaks,
    };
  }
  const utf8 = new TextEncoder();
  return {
    name: "characters",
    ofToken: vocabulary.map((token, id) => (isBoundary(id) ? [boundary] : (bytesOf?.(id) ?? utf8.encode(token)))),
    isCounted: (unit) => unit !== boundary && (unit & 0xc0) !== 0x80,
    lineBreaks,
  };
}

const isBoundary = (id: number): boolean => id === unknownId || id === endId;

/** The units of tokens, one after the other. */
export function unitsOf({ ofToken }: CopyUnits, ids: ArrayLike<number>): number[] {
  const units: number[] = [];
  for (let index = 0; index < ids.length; index++) {
    const own = ofToken[ids[index]!]!;
    for (let at = 0; at < own.length; at++) units.push(own[at]!);
  }
  return units;
}

/** The counted units. */
export const lengthIn = ({ isCounted }: CopyUnits, units: readonly number[]): number =>
  units.reduce((count, unit) => count + Number(isCounted(unit)), 0);
