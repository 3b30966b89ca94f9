/** @file The words of a text, and the other spellings that each may be a misspelling of. */
import type { SpellCheck, Tokenizer } from "../../tokenizers/index.js";

/** A word and its offset in the text, in UTF-16 code units. */
export type Word = { text: string; start: number };

const wordPattern = "[\\p{L}\\p{M}]+(?:['’-][\\p{L}\\p{M}]+)*";
const everyWord = new RegExp(wordPattern, "gu");
const wholeWord = new RegExp(`^${wordPattern}$`, "u");
const lowercaseLetter = /^\p{Ll}$/u;

/** Words of at least two letters: every other letter is one edit away from a word of one letter. */
export const wordsOf = (text: string): Word[] =>
  Array.from(text.matchAll(everyWord), ({ 0: word, index }) => ({ text: word, start: index })).filter(
    ({ text: word }) => word.length > 1,
  );

/** Other spellings of a word, each once. */
export type CandidateSpellings = (word: string) => string[];

/** vocabulary: similar words of the vocabulary, if tokens are words; edits: all strings within one edit, which the network then scores. */
export const candidateSpellings: {
  [Kind in SpellCheck["candidates"]]: (tokenizer: Tokenizer) => CandidateSpellings;
} = {
  vocabulary: vocabularyWords,
  edits,
};

/** Words of the vocabulary that are equal to the given word after deleting at most one letter from each (symmetric deletion, Garbe 2012). */
function vocabularyWords({ vocabulary }: Tokenizer): CandidateSpellings {
  const wordsByDeletion = new Map<string, string[]>();
  for (const word of vocabulary) {
    if (!wholeWord.test(word)) continue;
    for (const key of [word, ...deletions(word)]) wordsByDeletion.set(key, [...(wordsByDeletion.get(key) ?? []), word]);
  }
  const near = (word: string): string[] => [word, ...deletions(word)].flatMap((key) => wordsByDeletion.get(key) ?? []);
  return (word) => othersThan(word, [...near(word), ...near(word.toLowerCase()).map(caseOf(word))]);
}

/** The word without one of its letters. */
const deletions = (word: string): string[] => {
  const letters = Array.from(word);
  return letters.length === 1 ? [] : letters.map((_, index) => letters.toSpliced(index, 1).join(""));
};

/** Every string that deleting, inserting or replacing one letter or swapping two adjacent ones makes, in the word's letter case. */
function edits({ vocabulary }: Tokenizer): CandidateSpellings {
  const alphabet = vocabulary.filter((token) => lowercaseLetter.test(token));
  return (word) => {
    const recase = caseOf(word);
    const letters = Array.from(recase === unchanged ? word : word.toLowerCase());
    const edited = letters.flatMap((_, index) => [
      letters.toSpliced(index, 1),
      letters.toSpliced(index, 2, ...letters.slice(index, index + 2).toReversed()),
      ...alphabet.flatMap((letter) => [letters.toSpliced(index, 1, letter), letters.toSpliced(index, 0, letter)]),
    ]);
    const appended = alphabet.map((letter) => [...letters, letter]);
    return othersThan(
      word,
      [...edited, ...appended].map((spelling) => recase(spelling.join(""))),
    );
  };
}

const othersThan = (word: string, candidates: readonly string[]): string[] => [
  ...new Set(candidates.filter((candidate) => candidate !== word)),
];

const unchanged = (word: string): string => word;
const letterCases = [
  (word: string): string => word.toLowerCase(),
  (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
  (word: string): string => word.toUpperCase(),
];

/** Gives other words a word's letter case: lowercase, capitalized or uppercase; a word of mixed case leaves them unchanged. */
const caseOf = (word: string): ((other: string) => string) =>
  letterCases.find((recase) => recase(word) === word) ?? unchanged;
