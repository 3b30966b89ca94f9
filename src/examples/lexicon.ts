/** @file Words as a tagger reads them: each by its token and, so that a word that is not in the vocabulary says something too, by its characters. */
import type { Tokenizer } from "../tokenizers/index.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import { withoutSpaces } from "../corpus/formats/conllu.js";
import type { BatchInputs, TokenBatch } from "./batch.js";
import { tokenInputs } from "./documentExamples.js";
import { lengthsOf } from "./sequences.js";

/** Of a longer word its first and its last so many characters are read: where a word says what it is. */
export const endLength = 12;

/** Different words by number. */
export class Lexicon {
  private readonly numbers = new Map<string, number>();
  /** Of each word. */
  private readonly tokens: number[] = [];
  private readonly characters: number[][] = [];

  /** @param spelling characters; absent where words are read by their tokens alone */
  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly spelling?: Tokenizer,
  ) {}

  get size(): number {
    return this.tokens.length;
  }

  numberOf(word: string): number {
    const known = this.numbers.get(word);
    if (known !== undefined) return known;
    const number = this.tokens.length;
    this.numbers.set(word, number);
    this.tokens.push(this.tokenizer.encode(withoutSpaces(word))[0] ?? unknownId);
    const ids = this.spelling?.encode(word) ?? [];
    this.characters.push(ids.length > 2 * endLength ? [...ids.slice(0, endLength), ...ids.slice(-endLength)] : ids);
    return number;
  }

  tokenOf(number: number): number {
    return this.tokens[number]!;
  }

  /** @param rows numbers of words, one array a sentence; padded behind, which is never read */
  inputs(rows: readonly ArrayLike<number>[]): BatchInputs<TokenBatch> {
    const tokens = tokenInputs(rows.map((row) => Array.from(row, (number) => this.tokens[number]!)));
    return this.spelling ? { ...tokens, spelling: this.spellingOf(rows, tokens.time) } : tokens;
  }

  /** Each different word once, the longest first. */
  private spellingOf(rows: readonly ArrayLike<number>[], time: number): NonNullable<TokenBatch["spelling"]> {
    const distinct = [...new Set(rows.flatMap((row) => Array.from(row)))].toSorted(
      (left, right) => this.characters[right]!.length - this.characters[left]!.length || left - right,
    );
    const placeOf = new Map(distinct.map((number, place) => [number, place]));
    const places = new Int32Array(time * rows.length);
    for (const [row, numbers] of rows.entries()) {
      for (let step = 0; step < numbers.length; step++) {
        places[step * rows.length + row] = placeOf.get(numbers[step]!)!;
      }
    }
    const spelt = distinct.length > 0 ? distinct.map((number) => this.characters[number]!) : [[]];
    const { time: longest } = lengthsOf(spelt.map(({ length }) => length));
    const characters = new Int32Array(longest * spelt.length);
    for (const [word, ids] of spelt.entries()) {
      for (const [step, id] of ids.entries()) characters[step * spelt.length + word] = id;
    }
    return { characters, lengths: Int32Array.from(spelt, ({ length }) => length), places };
  }
}
