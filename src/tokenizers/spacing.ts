/** @file The usual spaces between words and marks; only unusual spacing needs tokens. */
import { clusterCharacters } from "./codeUnits.js";

/** Properties of a token that determine the spaces beside it, as bits. */
const tightBefore = 1;
const tightAfter = 2;
/** A mark that both opens and closes, such as a straight quote; the space before it determines which. */
const paired = 4;
const lineBreak = 8;
/** Scripts written without spaces. */
const dense = 16;
/** Repetitions of a mark have no spaces between them, as in "--". */
const mark = 32;

const closing = ".,;:!?…)]}%’”»›°™®©";
const opening = "([{“‘„«‹$£€¥#@¿¡";
const joining = "—/\\";
const quotes = "\"'*_`~|";
const densePattern = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFFEF]/u;
const wordPattern = /^[\p{L}\p{M}\p{N}]/u;

const clusterPattern = new RegExp(`^[${clusterCharacters}]`, "u");

/** The bits of a token by its first character. @param cutsClusters whether the tokenizer cuts clusters of scripts without spaces */
export function traitsOf(token: string, cutsClusters = false): number {
  const first = String.fromCodePoint(token.codePointAt(0) ?? 0);
  if (first === "\n") return lineBreak | tightBefore | tightAfter;
  if (densePattern.test(first) || (cutsClusters && clusterPattern.test(first))) return dense;
  if (wordPattern.test(first)) return 0;
  if (closing.includes(first)) return mark | tightBefore;
  if (opening.includes(first)) return mark | tightAfter;
  if (joining.includes(first)) return mark | tightBefore | tightAfter;
  return quotes.includes(first) ? mark | paired : mark;
}

/** Tracks the tokens of a text, in the same way for the encoder and the decoder. */
export class Spacing {
  readonly #traitsOf: (id: number) => number;
  #open: Set<number> | undefined; // made at the first mark of this kind, since most texts have none
  #previous = -1;
  #tight = true; // at the start of a text or a line

  /** @param traits of a token id */
  constructor(traits: (id: number) => number) {
    this.#traitsOf = traits;
  }

  /** Whether a space is usual before this token. */
  expectsSpace(id: number): boolean {
    const traits = this.#traitsOf(id);
    if (this.#tight || traits & tightBefore) return false;
    if (traits === 0) return true;
    if (traits & mark && id === this.#previous) return false;
    if (traits & paired) return this.#open?.has(id) !== true;
    return !(traits & dense && this.#traitsOf(this.#previous) & dense);
  }

  /** @param spaced whether the text has white space before the token */
  advance(id: number, spaced: boolean): void {
    const traits = this.#traitsOf(id);
    if (traits & paired) {
      const open = (this.#open ??= new Set());
      const opens = spaced || (this.#tight && !open.has(id));
      if (opens) open.add(id);
      else open.delete(id);
      this.#tight = opens;
    } else {
      if (traits & lineBreak) this.#open?.clear();
      this.#tight = (traits & tightAfter) !== 0;
    }
    this.#previous = id;
  }
}
