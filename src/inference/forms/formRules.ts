/** @file Rules of form: what the lines of a text must be like, as regular expressions that a whole line matches. */
import { UsageError } from "../../common/errors.js";

/** A line that is to be written. */
export type LinePlace = {
  /** From 0. */
  line: number;
  /** The number of lines; absent if it is open. */
  lines?: number | undefined;
  /** The lines before. */
  before: readonly string[];
};

export type FormRule = {
  /** The number of lines that the rule is for; absent for any. */
  lines?: number;
  /** Whether it needs a number of lines, of another rule or of --lines. */
  needsLines?: boolean;
  /** A regular expression for a line; null for any line. */
  pattern: (place: LinePlace) => string | null;
  /** The most characters of a line; absent for any number. */
  longest?: number;
};

/** How a rule is written after its name and =. */
type RuleKind = { form: string; describe: string; read: (value: string) => FormRule };

const vowel = "aeiouyáàâäãåæéèêëíìîïóòôöõøœúùûüýÿ";
const vowels = `[${vowel}${vowel.toUpperCase()}]`;
const consonant = "bcdfghjklmnpqrstvwxzßçñðþšžč";
const consonants = `[${consonant}${consonant.toUpperCase()}]`;
const anyText = "\\P{Cc}*";
/** The characters of a line whose rule does not say how long it is: a model that is not made for a rule would never come to its end. */
const longest = 100;

/** Other characters than letters, at most so many between two words. */
const gap = String.raw`[^\p{L}\p{Cc}]{1,3}`;
/** Before the first, between two, and after the last group of vowels of a line; words have vowels. */
const onset = `(?:${gap})?${consonants}{0,4}`;
const between = `(?:${consonants}{1,5}|${consonants}{0,4}${gap}${consonants}{0,4})`;
const coda = `${consonants}{0,4}(?:${gap})?`;

/** The most words of `contains`: the last line may need all of them, in any order. */
const mostWords = 4;

/** A number for each line, or one for all. @throws Error for others */
function counts(value: string): number[] {
  const numbers = value.split(",").map(Number);
  if (numbers.every((count) => Number.isInteger(count) && count >= 1 && count <= 400)) return numbers;
  throw new Error(`expected numbers from 1 to 400 as in 5,7,5, got ${value}`);
}

/** @param patternOf the lines of one count */
function countedLines(value: string, patternOf: (count: number) => string): FormRule {
  const numbers = counts(value);
  return {
    ...(numbers.length > 1 && { lines: numbers.length }),
    pattern: ({ line }) => patternOf(numbers[line % numbers.length]!),
  };
}

export const ruleKinds = {
  acrostic: {
    form: "WORD",
    describe: "line n begins with the n-th letter",
    read: (value) => {
      const letters = Array.from(value).filter((letter) => /\p{L}/u.test(letter));
      if (letters.length === 0) throw new Error(`expected a word, got ${value}`);
      const begin = (letter: string): string => `[${letter.toLowerCase()}${letter.toUpperCase()}]${anyText}`;
      return { lines: letters.length, longest, pattern: ({ line }) => begin(letters[line % letters.length]!) };
    },
  },
  syllables: {
    form: "N or N,N,…",
    describe: "each line, or line n, has so many syllables, which are groups of vowels",
    read: (value) => countedLines(value, (count) => `${onset}(?:${vowels}+${between}){${count - 1}}${vowels}+${coda}`),
  },
  characters: {
    form: "N or N,N,…",
    describe: "each line, or line n, has so many characters",
    read: (value) => countedLines(value, (count) => `\\P{Cc}{${count}}`),
  },
  rhyme: {
    form: "ABAB",
    describe: "lines of the same letter end alike, from the last vowel with a letter after it",
    read: (value) => {
      if (!/^[A-Za-z]{2,40}$/.test(value)) throw new Error(`expected a scheme as in ABAB, got ${value}`);
      return {
        lines: value.length,
        longest,
        pattern: ({ line, before }) => {
          const rhyming = before[value.slice(0, line).lastIndexOf(value[line]!)];
          if (rhyming === undefined) return `${anyText}\\p{L}{2,}[^\\p{L}\\p{Cc}]*`;
          return `${anyText}${endingOf(rhyming)}[^\\p{L}\\p{Cc}]*`;
        },
      };
    },
  },
  contains: {
    form: "WORD,WORD",
    describe: "each of these words occurs in some line",
    read: (value) => {
      const wanted = value.split(",").map((word) => word.trim());
      if (wanted.includes("")) throw new Error(`expected words as in fox,moon, got ${value}`);
      if (wanted.length > mostWords)
        throw new Error(
          `${wanted.length} words, which the last line must have if no other has them; use at most ${mostWords}`,
        );
      return {
        needsLines: true,
        longest,
        pattern: ({ line, lines, before }) => {
          const missing = wanted.filter((word) => !before.some((text) => hasWord(text, word)));
          return line + 1 === lines && missing.length > 0 ? inAnyOrder(missing) : null;
        },
      };
    },
  },
} as const satisfies Record<string, RuleKind>;

export type RuleName = keyof typeof ruleKinds;

/** A rule as in acrostic=SPRING. @throws UsageError */
export function formRule(given: string): FormRule {
  const [name = "", value = ""] = given.split(/=(.*)/s);
  if (!Object.hasOwn(ruleKinds, name))
    throw new UsageError(`--form ${given}: expected NAME=VALUE with one of ${Object.keys(ruleKinds).join(", ")}`);
  try {
    return ruleKinds[name as RuleName].read(value);
  } catch (error) {
    throw new UsageError(`--form ${given}: ${(error as Error).message}`);
  }
}

/** A rule for each line of --pattern. */
export const patternRule = (pattern: string): FormRule => ({ pattern: () => pattern });

/** The shortest end of the last word that has two letters and begins with a vowel; the last two letters if there is none. */
export function endingOf(line: string): string {
  const word = /(\p{L}+)[^\p{L}]*$/u.exec(line)?.[1]?.toLowerCase() ?? "";
  for (let at = word.length - 2; at >= 0; at--) if (vowel.includes(word[at]!)) return word.slice(at);
  return word.slice(-2);
}

const hasWord = (text: string, word: string): boolean =>
  new RegExp(`(?<!\\p{L})${escaped(word)}(?!\\p{L})`, "iu").test(text);

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/** A line that has all of the words, in one of their orders. */
function inAnyOrder(words: readonly string[]): string {
  const orders = permutations(words).map((order) =>
    order.map(capitalizedOrNot).join(`[^\\p{L}\\p{Cc}](?:${anyText}[^\\p{L}\\p{Cc}])?`),
  );
  return `(?:${anyText}[^\\p{L}\\p{Cc}])?(?:${orders.join("|")})(?:[^\\p{L}\\p{Cc}]${anyText})?`;
}

/** The word, or the word with a capital letter. */
function capitalizedOrNot(word: string): string {
  const [first = "", ...rest] = Array.from(word);
  return `[${escapedInSet(first.toLowerCase())}${escapedInSet(first.toUpperCase())}]${escaped(rest.join(""))}`;
}

const escapedInSet = (letter: string): string => (/[\]\\^-]/.test(letter) ? `\\${letter}` : letter);

function permutations(words: readonly string[]): string[][] {
  if (words.length <= 1) return [[...words]];
  return words.flatMap((word, index) =>
    permutations([...words.slice(0, index), ...words.slice(index + 1)]).map((rest) => [word, ...rest]),
  );
}
