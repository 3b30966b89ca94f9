/** @file Splits plain text into the words of a tagger's corpus: punctuation marks are separate, and "don't" is "do" and "n't" if the corpus has these words. */
import type { Tokenizer } from "../../tokenizers/index.js";
import { codeUnits, wordEnd } from "../../tokenizers/codeUnits.js";
import { unknownId } from "../../tokenizers/specialTokens.js";

/**
 * Between spaces, the longest piece that is in the vocabulary is a word ("U.S.", "..."); without one, the next word or punctuation mark. A word
 * outside the vocabulary is split if all of its parts are in the vocabulary: "don't" into "do" and "n't", "well-known" into "well", "-" and "known".
 */
export function wordSplitter(tokenizer: Tokenizer): (text: string) => string[] {
  const isKnown = (piece: string): boolean => {
    const ids = tokenizer.encode(piece);
    return ids.length === 1 && ids[0] !== unknownId;
  };

  /** Splits at hyphens or at an apostrophe. */
  const splitWord = (word: string): string[] => {
    if (isKnown(word)) return [word];
    const atHyphens = word.split(/(?<=.)(-)(?=.)/u);
    if (atHyphens.length > 1 && atHyphens.every(isKnown)) return atHyphens;
    const apostrophe = word.search(/(?<=.)['’]/u);
    if (apostrophe === -1) return [word];
    const halves = [apostrophe, apostrophe - 1].map((index) => [word.slice(0, index), word.slice(index)]);
    return halves.find((parts) => parts.every(isKnown)) ?? [word];
  };

  /** @param chunk text without spaces */
  const splitChunk = (chunk: string): string[] => {
    const units = codeUnits(chunk);
    const words: string[] = [];
    for (let start = 0; start < chunk.length;) {
      const ends: number[] = [];
      for (let end = start; end < chunk.length && ends.length < maxPieces;) ends.push((end = wordEnd(units, end)));
      const knownEnd = ends.findLast((end) => isKnown(chunk.slice(start, end)));
      const end = knownEnd ?? ends[0]!;
      words.push(...(knownEnd === undefined ? splitWord(chunk.slice(start, end)) : [chunk.slice(start, end)]));
      start = end;
    }
    return words;
  };
  return (text) => (text.match(/\S+/gu) ?? []).flatMap(splitChunk);
}

/** The most pieces that are joined to look up a word: enough for "U.S.A." */
const maxPieces = 12;
