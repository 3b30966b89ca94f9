/** @file How similar texts are by their words: the cosine of the sets of their words. */
import { wordSpans } from "../classification/wordContributions.js";

/** The different words of a text, ascending. */
export type WordSet = Uint32Array;

/** The words of texts as numbers. */
export class WordNumbers {
  private readonly numbers = new Map<string, number>();

  /** Letter case and punctuation make no difference, nor do the digits of a number, since copies of a form differ in these. */
  of(text: string): WordSet {
    const found = new Set<number>();
    for (const { start, end } of wordSpans(text)) {
      const word = text
        .slice(start, end)
        .toLowerCase()
        .replaceAll(/\p{N}[\p{N}.,]*/gu, "0");
      if (!/[\p{L}\p{N}\p{S}]/u.test(word)) continue;
      const number = this.numbers.get(word) ?? this.numbers.size;
      this.numbers.set(word, number);
      found.add(number);
    }
    return Uint32Array.from(found).toSorted();
  }
}

/** Words in common, divided by the root of the product of both sizes; 0 without words. */
export function wordCosine(one: WordSet, other: WordSet): number {
  let [common, at] = [0, 0];
  for (const word of one) {
    while (at < other.length && other[at]! < word) at++;
    if (other[at] === word) common++;
  }
  return common === 0 ? 0 : common / Math.sqrt(one.length * other.length);
}

/** Texts by their words, to find the one that is most similar to another. */
export class SimilarTexts {
  private readonly lengths: number[] = [];
  private readonly textsOf = new Map<number, number[]>();

  add(words: WordSet): void {
    const text = this.lengths.push(words.length) - 1;
    for (const word of words) {
      const texts = this.textsOf.get(word);
      if (texts) texts.push(text);
      else this.textsOf.set(word, [text]);
    }
  }

  /** The highest cosine with a text that was added; 0 if none has a word of it. */
  nearest(words: WordSet): number {
    const common = new Uint32Array(this.lengths.length);
    for (const word of words) for (const text of this.textsOf.get(word) ?? []) common[text]!++;
    let highest = 0;
    for (const [text, count] of common.entries())
      if (count > 0) highest = Math.max(highest, count / Math.sqrt(words.length * this.lengths[text]!));
    return highest;
  }
}
