/** @file Texts that must not be generated, whatever the tokens that make them. */
import type { Tokenizer } from "../../tokenizers/index.js";
import { endId, specialTokens } from "../../tokenizers/specialTokens.js";
import type { TextConstraint } from "./constraint.js";

const inWord = String.raw`[\p{L}\p{M}\p{N}'’]`;
const isWord = new RegExp(`^${inWord}{2,}$`, "u");
const escaped = (text: string): string => text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`);

/** Where a banned text occurs: a word as a whole word, any other text everywhere. */
const patternOf = (text: string): string =>
  isWord.test(text) ? `(?<!${inWord})${escaped(text)}(?!${inWord})` : escaped(text);

export type BannedTexts = {
  /** The tokens that contain a banned text. */
  ids: number[];
  /** Keeps a text free of them where several tokens make one. @param start the ids of the text's beginning */
  constraint: (start: readonly number[]) => TextConstraint;
};

/**
 * What keeps texts out of a generated text. A word of two or more characters is banned as a whole word, other texts everywhere, both as they are written.
 * @param texts not empty, each with a character
 */
export function bannedTexts(tokenizer: Tokenizer, texts: readonly string[]): BannedTexts {
  const patterns = texts.map((text) => new RegExp(`(?=(${patternOf(text)}))`, "gu"));
  const joins = joinsWords(tokenizer);
  const window = Math.max(...texts.map((text) => new TextEncoder().encode(text).length)) + 4; // tokens that tell whether the last of them ends a banned text
  /** Without the bytes of a character that is not whole yet. */
  const written = (tokens: readonly number[]): string => {
    const decoder = tokenizer.decoder();
    return tokens.map((id) => decoder.write(id)).join("");
  };
  const occurrences = (text: string): { start: number; end: number; isWord: boolean }[] =>
    patterns.flatMap((pattern) =>
      Array.from(text.matchAll(pattern), ({ index, 1: found = "" }) => ({
        start: index,
        end: index + found.length,
        isWord: isWord.test(found),
      })),
    );
  const ids = tokenizer.vocabulary
    .map((_, id) => id)
    .filter((id) => id >= specialTokens.length)
    .filter((id) => {
      const text = tokenizer.decode([id]);
      return occurrences(text).some(
        (one) => !one.isWord || !joins || (one.start > 0 && one.end < text.length), // what joins may be a part of a longer word
      );
    });

  const constraint = (start: readonly number[]): TextConstraint => {
    let last = start.slice(-window);
    let before = written(last);
    let isPrompt = true; // its last word may be a banned one
    const allows = (token: number): boolean => {
      const text = token === endId ? before : written([...last, token]);
      const mayGrow = joins && token !== endId;
      return !occurrences(text).some(
        (one) =>
          (one.end > before.length || (one.isWord && one.end === before.length && !isPrompt)) &&
          !(one.isWord && mayGrow && one.end === text.length),
      );
    };
    const accept = (token: number): void => {
      last = [...last, token].slice(-window);
      before = written(last);
      isPrompt = false;
    };
    return { allows, accept };
  };
  return { ids, constraint };
}

/** Whether a token may go on with the word of the token before it, as characters and subwords do. */
function joinsWords(tokenizer: Tokenizer): boolean {
  const words = tokenizer.vocabulary
    .map((_, id) => id)
    .filter((id) => id >= specialTokens.length && /^\p{L}+$/u.test(tokenizer.decode([id])));
  const [first] = words;
  if (first === undefined) return true;
  const text = tokenizer.decode([first]);
  return words.some((id) => tokenizer.decode([first, id]) === text + tokenizer.decode([id]));
}
