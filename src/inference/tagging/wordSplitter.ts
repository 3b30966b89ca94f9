/** @file Splits plain text into the words of a tagger's corpus: punctuation marks are separate, and "don't" is "do" and "n't" if the corpus has these words. */
import type { Tokenizer } from "../../tokenizers/index.js";
import { chunkEnd, codeUnits, isBlankAt, wordEnd } from "../../tokenizers/codeUnits.js";
import { unknownId } from "../../tokenizers/specialTokens.js";

/** The most pieces that are joined to look up a word: enough for "U.S.A." */
const maxPieces = 12;
/** Longer words are not split, so that an endless one costs little. */
const longestSplit = 1000;

/** The words of a text as a list. */
export const wordSplitter = (tokenizer: Tokenizer): ((text: string) => string[]) => {
  const wordsOf = wordReader(tokenizer);
  return (text) => [...wordsOf(text)];
};

/**
 * Between spaces, the longest piece that is in the vocabulary is a word ("U.S.", "..."); without one, the next word or punctuation mark. A word
 * outside the vocabulary is split if all of its parts are in the vocabulary: "don't" into "do" and "n't", "well-known" into "well", "-" and "known".
 * @returns the words of a text one by one
 */
export function wordReader(tokenizer: Tokenizer): (text: string) => Generator<string> {
  const isKnown = (piece: string): boolean => {
    if (piece.length > longestSplit) return false;
    const ids = tokenizer.encode(piece);
    return ids.length === 1 && ids[0] !== unknownId;
  };

  /** Splits at hyphens or at an apostrophe. */
  const splitWord = (word: string): string[] => {
    if (isKnown(word) || word.length > longestSplit) return [word];
    const atHyphens = word.split(/(?<=.)(-)(?=.)/u);
    if (atHyphens.length > 1 && atHyphens.every(isKnown)) return atHyphens;
    const apostrophe = word.search(/(?<=.)['’]/u);
    if (apostrophe === -1) return [word];
    const halves = [apostrophe, apostrophe - 1].map((index) => [word.slice(0, index), word.slice(index)]);
    return halves.find((parts) => parts.every(isKnown)) ?? [word];
  };

  return function* (text) {
    const units = codeUnits(text);
    for (let start = 0, chunk = 0; start < text.length;) {
      if (start === chunk) chunk = chunkEnd(units, start);
      if (isBlankAt(units, start)) {
        start = chunk;
        continue;
      }
      const ends: number[] = [];
      for (let end = start; end < chunk && ends.length < maxPieces;) ends.push((end = wordEnd(units, end)));
      const knownEnd = ends.findLast((end) => isKnown(text.slice(start, end)));
      const end = knownEnd ?? ends[0]!;
      if (knownEnd === undefined) yield* splitWord(text.slice(start, end));
      else yield text.slice(start, end);
      start = end;
    }
  };
}
