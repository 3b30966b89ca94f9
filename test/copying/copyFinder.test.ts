import { array, assert, nat, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { CopyFinder } from "../../src/copying/copyFinder.js";

/** The suffixes of a sequence in order: each run of the sequence begins one of them. */
class SuffixArray {
  private readonly sorted: number[][];

  constructor(sequences: readonly number[][]) {
    const suffixes = sequences.flatMap((sequence) => sequence.map((_, start) => sequence.slice(start)));
    this.sorted = suffixes.toSorted(compare);
  }

  has(run: readonly number[]): boolean {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.sorted[middle]!, run) < 0) low = middle + 1;
      else high = middle;
    }
    return low < this.sorted.length && run.every((unit, index) => this.sorted[low]![index] === unit);
  }
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++)
    if (left[index] !== right[index]) return left[index]! - right[index]!;
  return left.length - right.length;
}

/** The longest run that ends with each unit and is in the corpus. */
function runsByOracle(text: readonly number[], oracle: SuffixArray): number[] {
  return text.map((_, index) => {
    let length = 0;
    while (length <= index && oracle.has(text.slice(index - length, index + 1))) length++;
    return length;
  });
}

const units = array(nat(2), { maxLength: 30 });

describe("copied runs", () => {
  test("copying: the runs of a text are those of a suffix array of the corpus", () => {
    assert(
      property(units, array(units, { minLength: 1, maxLength: 3 }), (text, documents) => {
        const finder = new CopyFinder(text);
        for (const document of documents) {
          finder.read(document.slice(0, 7));
          finder.read(document.slice(7));
          finder.interrupt();
        }
        const oracle = runsByOracle(text, new SuffixArray(documents));
        expect([...finder.runs()]).toEqual(oracle);
        const longest = finder.longest();
        expect(longest?.length ?? 0).toBe(Math.max(0, ...oracle));
        if (!longest) return;
        const corpus = documents.flat();
        const found = corpus.slice(longest.corpusEnd - longest.length, longest.corpusEnd);
        expect(found).toEqual(text.slice(longest.end - longest.length, longest.end));
      }),
      { numRuns: 300 },
    );
  });

  test("copying: a long text and a long corpus", () => {
    const corpus = Array.from({ length: 200_000 }, (_, index) => (index * index * 31 + (index >> 3)) % 251);
    const text = [...corpus.slice(150_000, 150_080), 7, 7, 7, ...corpus.slice(20, 50)];
    const finder = new CopyFinder(text);
    finder.read(corpus);
    expect(finder.longest()!.length).toBeGreaterThanOrEqual(80);
    expect(finder.runs()[79]).toBeGreaterThanOrEqual(80);
  });
});
