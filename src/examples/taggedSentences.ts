/** @file Sentences with a tag for each word. */
import type { TokenBatch } from "./batch.js";
import type { Lexicon } from "./lexicon.js";
import type { Sequences } from "./sequences.js";
import { TokenDocuments } from "./tokenDocuments.js";
import { inMemory, type Storage } from "./tokenStore.js";

const maxWords = 2 ** 31; // numbers of words have 32 bits

export class TaggedSentences implements Sequences {
  private readonly words: TokenDocuments;
  private readonly tags: TokenDocuments;

  constructor(
    readonly lexicon: Lexicon,
    storage: Storage = inMemory,
    name = "sentences",
  ) {
    this.words = new TokenDocuments(maxWords, storage, `${name}-words`);
    this.tags = new TokenDocuments(maxWords, storage, `${name}-tags`);
  }

  get count(): number {
    return this.words.count;
  }

  /** @param tags the class id of each word @returns the token of each word */
  push(words: readonly string[], tags: readonly number[]): readonly number[] {
    const numbers = words.map((word) => this.lexicon.numberOf(word));
    this.words.push(numbers);
    this.tags.push(tags);
    return numbers.map((number) => this.lexicon.tokenOf(number));
  }

  lengthOf(index: number): number {
    return this.words.lengthOf(index);
  }

  targetsWithin(): number {
    return this.words.total;
  }

  dispose(): void {
    this.words.dispose();
    this.tags.dispose();
  }

  /** A batch of the chosen sentences, one a row, never cut. */
  batch(chosen: Int32Array): TokenBatch {
    const inputs = this.lexicon.inputs(Array.from(chosen, (index) => this.words.document(index)));
    const targets = new Int32Array(inputs.time * inputs.rows).fill(-1);
    for (const [row, index] of chosen.entries()) {
      for (const [step, tag] of this.tags.document(index).entries()) targets[step * inputs.rows + row] = tag;
    }
    return { ...inputs, targets, continues: false };
  }

  /** The number of every word with its tag. @param order of the sentences */
  *pairs(order: Iterable<number> = Array(this.count).keys()): Generator<[word: number, tag: number]> {
    for (const index of order) {
      const tags = this.tags.document(index);
      for (const [at, word] of this.words.document(index).entries()) yield [word, tags[at]!];
    }
  }
}
