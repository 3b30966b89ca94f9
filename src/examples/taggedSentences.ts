/** @file Sentences with a tag for each word, kept side by side. */
import type { TokenBatch } from "./batch.js";
import type { Lexicon } from "./lexicon.js";
import type { Sequences } from "./sequences.js";
import { TokenDocuments } from "./tokenDocuments.js";

const manyWords = 2 ** 31; // numbers of words take 32 bits

export class TaggedSentences implements Sequences {
  private readonly words = new TokenDocuments(manyWords);
  private readonly tags = new TokenDocuments(manyWords);
  private total = 0;

  constructor(readonly lexicon: Lexicon) {}

  get count(): number {
    return this.words.count;
  }

  /** @param tags a class for each word */
  push(words: readonly string[], tags: readonly number[]): readonly number[] {
    const numbers = words.map((word) => this.lexicon.numberOf(word));
    this.words.push(numbers);
    this.tags.push(tags);
    this.total += words.length;
    return numbers.map((number) => this.lexicon.tokenOf(number));
  }

  lengthOf(index: number): number {
    return this.words.lengthOf(index);
  }

  targetsWithin(): number {
    return this.total;
  }

  /** The chosen sentences, a row each, whole: every word has its answer. */
  batch(chosen: Int32Array): TokenBatch {
    const inputs = this.lexicon.inputs(Array.from(chosen, (index) => this.words.document(index)));
    const targets = new Int32Array(inputs.time * inputs.rows).fill(-1);
    for (const [row, index] of chosen.entries()) {
      for (const [step, tag] of this.tags.document(index).entries()) targets[step * inputs.rows + row] = tag;
    }
    return { ...inputs, targets, continues: false };
  }

  /** Every word's number with its tag. */
  *pairs(): Generator<[word: number, tag: number]> {
    for (let index = 0; index < this.count; index++) {
      const tags = this.tags.document(index);
      for (const [place, word] of this.words.document(index).entries()) yield [word, tags[place]!];
    }
  }
}
