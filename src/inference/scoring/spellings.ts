/** @file The words of a text, and what else each may have been before a slip of the pen: one letter dropped, added, changed or moved. */
import type { SpellCheck, Tokenizer } from "../../tokenizers/index.js";

/** start: where it stands in its text, in UTF-16 code units. */
export type Word = { text: string; start: number };

const pattern = "[\\p{L}\\p{M}]+(?:['’-][\\p{L}\\p{M}]+)*";
const everyWord = new RegExp(pattern, "gu");
const wholeWord = new RegExp(`^${pattern}$`, "u");
const smallLetter = /^\p{Ll}$/u;

/** Words of two letters and more: of one letter alone any other would be as near. */
export const wordsOf = (text: string): Word[] =>
  Array.from(text.matchAll(everyWord), ({ 0: word, index }) => ({ text: word, start: index })).filter(
    ({ text: word }) => word.length > 1,
  );

/** Other words that may have been meant, each once. */
export type Spellings = (word: string) => string[];

/** Where tokens are words, those of the vocabulary; else all strings, of which the network knows best whether they are words. */
export const spellings: { [Kind in SpellCheck["candidates"]]: (tokenizer: Tokenizer) => Spellings } = {
  vocabulary: knownWords,
  edits: slips,
};

/** Words of the vocabulary that become the same as the given one when each loses a letter, or none (Garbe's symmetric deletion). */
function knownWords({ vocabulary }: Tokenizer): Spellings {
  const wordsBy = new Map<string, string[]>(); // by what is left of them
  for (const word of vocabulary) {
    if (!wholeWord.test(word)) continue;
    for (const rest of [word, ...withoutOne(word)]) wordsBy.set(rest, [...(wordsBy.get(rest) ?? []), word]);
  }
  const near = (word: string): string[] => [word, ...withoutOne(word)].flatMap((rest) => wordsBy.get(rest) ?? []);
  return (word) => others(word, [...near(word), ...near(word.toLowerCase()).map(caseOf(word))]);
}

const withoutOne = (word: string): string[] => {
  const letters = Array.from(word);
  return letters.length === 1 ? [] : letters.map((_, at) => letters.toSpliced(at, 1).join(""));
};

/** Every string that one letter dropped, added or changed, or two neighbours swapped, makes; in the word's own kind of capitals. */
function slips({ vocabulary }: Tokenizer): Spellings {
  const alphabet = vocabulary.filter((token) => smallLetter.test(token));
  return (word) => {
    const recase = caseOf(word);
    const letters = Array.from(recase === unchanged ? word : word.toLowerCase());
    const found = letters.flatMap((_, at) => [
      letters.toSpliced(at, 1),
      letters.toSpliced(at, 2, ...letters.slice(at, at + 2).toReversed()),
      ...alphabet.flatMap((other) => [letters.toSpliced(at, 1, other), letters.toSpliced(at, 0, other)]),
    ]);
    const longer = alphabet.map((other) => [...letters, other]);
    return others(
      word,
      [...found, ...longer].map((spelling) => recase(spelling.join(""))),
    );
  };
}

const others = (word: string, found: readonly string[]): string[] => [
  ...new Set(found.filter((other) => other !== word)),
];

const unchanged = (word: string): string => word;
const cases = [
  (word: string): string => word.toLowerCase(),
  (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
  (word: string): string => word.toUpperCase(),
];

/** What gives other words a word's own capitals: none, the first or all; those of another kind stay as they are. */
const caseOf = (word: string): ((other: string) => string) =>
  cases.find((recase) => recase(word) === word) ?? unchanged;
