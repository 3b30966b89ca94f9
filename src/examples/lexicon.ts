/** @file The distinct words of a tagger's inputs: each has a token and, so that out-of-vocabulary words have an input too, its characters. */
import type { Tokenizer } from "../tokenizers/index.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import { withoutSpaces } from "../corpus/formats/conllu.js";
import type { BatchInputs, TokenBatch } from "./batch.js";
import { tokenInputs } from "./documentExamples.js";
import { lengthsOf } from "./sequences.js";

/** Characters that are read at each end of a longer word. */
export const endLength = 12;

/** Numbers the distinct words. */
export class Lexicon {
  private readonly numbers = new Map<string, number>();
  /** [words] */
  private readonly tokens: number[] = [];
  private readonly characters: number[][] = [];

  /** @param spelling the tokenizer of characters; without it words have only their tokens */
  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly spelling?: Tokenizer,
  ) {}

  get size(): number {
    return this.tokens.length;
  }

  /** In the order of their numbers. */
  get words(): string[] {
    return [...this.numbers.keys()];
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

  /** @param rows the numbers of the words of each sentence; padded at the end; the padding is never read */
  inputs(rows: readonly ArrayLike<number>[]): BatchInputs<TokenBatch> {
    const tokens = tokenInputs(rows.map((row) => Array.from(row, (number) => this.tokens[number]!)));
    return this.spelling ? { ...tokens, spelling: this.spellingOf(rows, tokens.time) } : tokens;
  }

  /** Each distinct word once, the longest first. */
  private spellingOf(rows: readonly ArrayLike<number>[], time: number): NonNullable<TokenBatch["spelling"]> {
    const distinct = [...new Set(rows.flatMap((row) => Array.from(row)))].toSorted(
      (left, right) => this.characters[right]!.length - this.characters[left]!.length || left - right,
    );
    const indexOf = new Map(distinct.map((number, index) => [number, index]));
    const positions = new Int32Array(time * rows.length);
    for (const [row, numbers] of rows.entries()) {
      for (let step = 0; step < numbers.length; step++) {
        positions[step * rows.length + row] = indexOf.get(numbers[step]!)!;
      }
    }
    const words = distinct.length > 0 ? distinct.map((number) => this.characters[number]!) : [[]];
    const { time: longest } = lengthsOf(words.map(({ length }) => length));
    const characters = new Int32Array(longest * words.length);
    for (const [word, ids] of words.entries()) {
      for (const [step, id] of ids.entries()) characters[step * words.length + word] = id;
    }
    return { characters, lengths: Int32Array.from(words, ({ length }) => length), positions };
  }
}
