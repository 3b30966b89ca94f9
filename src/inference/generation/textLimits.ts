/** @file Ends a text after a number of lines, sentences or words; the text may arrive in pieces. */
import type { WordRange } from "../../options/optionKinds.js";

/** Of the generated text, without its prompt. A limit that is undefined does not end it. */
export type Limits = {
  /** Lines that have text. */
  lines?: number | undefined;
  sentences?: number | undefined;
  /** The text ends at the first end of a sentence from `min` words on, or after `max` words. No line or sentence ends it before `min` words. */
  words?: WordRange | undefined;
};

export type LimitName = keyof Limits;

const space = /\s/;
const upper = /\p{Lu}/u;
const lower = /\p{Ll}/u;
const closers = `"'”’»)\\]*_`;
const denseClosers = "”’」』）】〉》";
/** A word at whose end a sentence may end. */
const ending = new RegExp(`[.!?…‽][${closers}]*$`, "u");
/** One that ends with a full stop, which may be that of an abbreviation. */
const fullStop = new RegExp(`[.…][${closers}]*$`, "u");
const abbreviation = /^[^\p{L}]*(?:\p{Lu}|Mr|Mrs|Ms|Dr|St|Prof)\.$/u;
/** In scripts without spaces. */
const denseEnding = new RegExp(`[。！？][${denseClosers}]*$`, "u");
const denseRest = new RegExp(`[。！？${denseClosers}]`, "u");
/** Characters of a word that are kept to recognize an end. */
const keptCharacters = 32;

/** A word is what stands between white space, as `wc -w` counts; white space at the end is held until the next word. */
export class TextLimits {
  /** The limit that ended the text. */
  reached: LimitName | null = null;
  private lines = 0;
  private sentences = 0;
  private words = 0;
  private word = ""; // the last one
  private gap = ""; // white space after it, which is not passed on yet
  private inLine = false; // whether the line has text
  private cased = false; // whether the text has uppercase letters

  constructor(private readonly limits: Limits) {}

  /**
   * Takes the next piece of the text.
   * @param last whether it is the last one
   * @returns text that can be shown
   */
  pass(text: string, last: boolean): string {
    let passed = "";
    for (const character of text) {
      passed += space.test(character) ? this.passSpace(character) : this.passVisible(character);
      if (this.reached) return passed;
    }
    if (!last) return passed;
    const gap = this.gap;
    this.gap = "";
    return passed + gap;
  }

  private passSpace(character: string): string {
    const { lines, words } = this.limits;
    if (this.gap === "" && this.word !== "") this.words++;
    this.gap += character;
    if (words && this.words >= words.max) this.reached = "words";
    if (character === "\n" && this.inLine) {
      this.inLine = false;
      this.lines++;
      if (lines !== undefined && this.lines >= lines && this.hasLeastWords) this.reached ??= "lines";
    }
    return "";
  }

  private passVisible(character: string): string {
    if (this.endsSentence(character)) {
      this.sentences++;
      this.reached = this.limitAtSentence();
      if (this.reached) return "";
    }
    const passed = this.gap + character;
    this.word = this.gap === "" ? (this.word + character).slice(-keptCharacters) : character;
    this.gap = "";
    this.inLine = true;
    this.cased ||= upper.test(character);
    return passed;
  }

  /** Whether a sentence ends before the next visible character. A full stop before a lowercase letter ends none, unless all letters are lowercase. */
  private endsSentence(next: string): boolean {
    const { word, gap, cased } = this;
    if (word === "") return false;
    if (gap === "") return denseEnding.test(word) && !denseRest.test(next);
    if (gap.indexOf("\n") !== gap.lastIndexOf("\n") || denseEnding.test(word)) return true; // a paragraph ends
    if (!ending.test(word) || abbreviation.test(word)) return false;
    return !(fullStop.test(word) && cased && lower.test(next));
  }

  private limitAtSentence(): LimitName | null {
    const { sentences, words } = this.limits;
    if (!this.hasLeastWords) return null;
    if (sentences !== undefined) return this.sentences >= sentences ? "sentences" : null;
    return words ? "words" : null;
  }

  private get hasLeastWords(): boolean {
    return this.words >= (this.limits.words?.min ?? 0);
  }
}
