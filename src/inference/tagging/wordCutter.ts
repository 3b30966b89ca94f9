/** @file Plain text cut into words as a tagger's corpus has them: marks apart, and what the corpus takes apart, as "do" and "n't", too. */
import type { Tokenizer } from "../../tokenizers/index.js";
import { unknownId } from "../../tokenizers/specialTokens.js";
import { codeUnits, wordEnd } from "../../tokenizers/codeUnits.js";

/**
 * Between spaces, the longest piece that the vocabulary knows is a word ("U.S.", "..."); else one is a word or a single mark. A word that the
 * vocabulary lacks is cut where both halves are known: "don't" into "do" and "n't", "well-known" into "well", "-" and "known".
 */
export function wordCutter(tokenizer: Tokenizer): (text: string) => string[] {
  const isKnown = (piece: string): boolean => {
    const ids = tokenizer.encode(piece);
    return ids.length === 1 && ids[0] !== unknownId;
  };

  /** Where apostrophes and hyphens allow it. */
  const inHalves = (word: string): string[] => {
    if (isKnown(word)) return [word];
    const hyphened = word.split(/(?<=.)(-)(?=.)/u);
    if (hyphened.length > 1 && hyphened.every(isKnown)) return hyphened;
    const apostrophe = word.search(/(?<=.)['’]/u);
    if (apostrophe === -1) return [word];
    const halves = [apostrophe, apostrophe - 1].map((at) => [word.slice(0, at), word.slice(at)]);
    return halves.find((parts) => parts.every(isKnown)) ?? [word];
  };

  const cut = (chunk: string): string[] => {
    const units = codeUnits(chunk);
    const words: string[] = [];
    for (let start = 0; start < chunk.length;) {
      const ends: number[] = [];
      for (let at = start; at < chunk.length && ends.length < mostPieces;) ends.push((at = wordEnd(units, at)));
      const known = ends.findLast((end) => isKnown(chunk.slice(start, end)));
      const end = known ?? ends[0]!;
      words.push(...(known === undefined ? inHalves(chunk.slice(start, end)) : [chunk.slice(start, end)]));
      start = end;
    }
    return words;
  };
  return (text) => (text.match(/\S+/gu) ?? []).flatMap(cut);
}

/** Of which a word is tried to be made: enough for "U.S.A." */
const mostPieces = 12;
