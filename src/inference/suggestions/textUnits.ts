/** @file The units in which a text is continued: a word, a run of marks or of newlines, each with the spaces before it. */
import { clusterCharacters, patterns } from "../../tokenizers/codeUnits.js";

/** A unit is a run of characters of one kind, but each dense character, of a script without spaces between words, is one. */
export type CharacterKind = "space" | "newline" | "dense" | "word" | "mark";

const dense = new RegExp(`[${patterns.unspacedScripts}${clusterCharacters}]`, "u");
const word = /[\p{L}\p{M}\p{N}'’_]/u;

export function characterKind(character: string): CharacterKind {
  if (character === "\n") return "newline";
  if (/\s/.test(character)) return "space";
  if (word.test(character)) return dense.test(character) ? "dense" : "word";
  return "mark";
}

/** The kind of the unit that a text has begun; null if it has only spaces. */
export function unitKind(text: string): CharacterKind | null {
  for (const character of text) {
    const kind = characterKind(character);
    if (kind !== "space") return kind;
  }
  return null;
}

/** Where the first unit of a text ends; -1 while it may go on. */
export function unitEnd(text: string): number {
  let begun: CharacterKind | null = null;
  let end = 0;
  for (const character of text) {
    const kind = characterKind(character);
    if (begun !== null && kind !== begun) return end;
    end += character.length;
    if (kind === "dense") return end;
    if (kind !== "space") begun = kind;
  }
  return -1;
}

const maxWord = 64; // characters

/**
 * Where the last word of a text begins, with the spaces before it: a tokenizer of words or subwords may have other tokens for the word when it goes on.
 * A word of a script without spaces does not go on.
 */
export function lastWordStart(text: string): number {
  let start = text.length;
  const least = Math.max(0, text.length - maxWord);
  const takeWhile = (kind: CharacterKind): void => {
    while (start > least && characterKind(text[start - 1]!) === kind) start--;
  };
  takeWhile("word");
  takeWhile("space");
  return start;
}
