/** @file Learns the merges of byte-pair encoding, the most frequent first (Sennrich, Haddow & Birch 2016). */
import { specialTokens } from "./specialTokens.js";

export const firstByte = specialTokens.length;
export const firstMerge = firstByte + 256;

type Pair = { left: number; right: number; key: number; count: number; words: number[] };

/**
 * Learns merges until there are `wanted` ones or no pair occurs twice. Of equally frequent pairs, the one with the lowest ids is merged.
 * @param counted the words with their counts
 * @returns two ids a merge; merge i makes the id `firstMerge + i`
 */
export function learnMerges(counted: Iterable<[word: string, count: number]>, wanted: number): number[] {
  const words = new Words(counted);
  const pairs = new Map<number, Pair>();
  const stride = firstMerge + Math.min(wanted, 2 ** 26); // above every id
  const queue = new PairQueue();
  const count = (left: number, right: number, times: number, word: number, fresh: Pair[]): void => {
    const key = left * stride + right;
    let pair = pairs.get(key);
    if (!pair) {
      pair = { left, right, key, count: 0, words: [] };
      pairs.set(key, pair);
      fresh.push(pair);
    }
    pair.count += times;
    if (times > 0 && pair.words.at(-1) !== word) pair.words.push(word);
  };

  const initial: Pair[] = [];
  for (let word = 0; word < words.count; word++) {
    const symbols = words.symbols(word);
    for (let at = 1; at < symbols.length; at++) {
      count(symbols[at - 1]!, symbols[at]!, words.times[word]!, word, initial);
    }
  }
  initial.forEach((pair) => queue.push(pair));

  const merges: number[] = [];
  while (merges.length < 2 * wanted) {
    const best = queue.pop();
    if (!best || best.count < 2) break;
    const { left, right } = best;
    const merged = firstMerge + merges.length / 2;
    merges.push(left, right);
    const fresh: Pair[] = []; // every pair whose count grows contains the new id
    for (const word of best.words) {
      const symbols = words.symbols(word);
      const times = words.times[word]!;
      let end = 0;
      for (let at = 0; at < symbols.length; at++) {
        const symbol = symbols[at]!;
        if (symbol !== left || symbols[at + 1] !== right) {
          symbols[end++] = symbol;
          continue;
        }
        if (end > 0) {
          const before = symbols[end - 1]!;
          count(before, left, -times, word, fresh);
          count(before, merged, times, word, fresh);
        }
        if (at + 2 < symbols.length) {
          const after = symbols[at + 2]!;
          count(right, after, -times, word, fresh);
          count(merged, after, times, word, fresh);
        }
        symbols[end++] = merged;
        at++;
      }
      words.lengths[word] = end;
    }
    pairs.delete(best.key);
    fresh.forEach((pair) => queue.push(pair));
  }
  return merges;
}

/** Words as sequences of byte ids in one array; merges shorten a word in place. */
class Words {
  readonly times: number[] = [];
  readonly lengths: number[] = [];
  readonly #starts: number[] = [];
  readonly #symbols: Int32Array;

  constructor(counted: Iterable<[word: string, count: number]>) {
    const utf8 = new TextEncoder();
    const kept = [...counted]
      .filter(([word]) => word.length > 1 || word > "\u007F")
      .map(([word, times]) => ({ bytes: utf8.encode(word), times }));
    this.#symbols = new Int32Array(kept.reduce((sum, { bytes }) => sum + bytes.length, 0));
    let start = 0;
    for (const { bytes, times } of kept) {
      for (let at = 0; at < bytes.length; at++) this.#symbols[start + at] = firstByte + bytes[at]!;
      this.times.push(times);
      this.lengths.push(bytes.length);
      this.#starts.push(start);
      start += bytes.length;
    }
  }

  get count(): number {
    return this.times.length;
  }

  symbols(word: number): Int32Array {
    const start = this.#starts[word]!;
    return this.#symbols.subarray(start, start + this.lengths[word]!);
  }
}

/** A heap of pairs by their counts when pushed; a pair whose count has dropped since is pushed again. */
class PairQueue {
  readonly #entries: { pair: Pair; count: number }[] = [];

  push(pair: Pair): void {
    const entries = this.#entries;
    const entry = { pair, count: pair.count };
    let at = entries.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!precedes(entry, entries[parent]!)) break;
      entries[at] = entries[parent]!;
      at = parent;
    }
    entries[at] = entry;
  }

  /** The most frequent pair. */
  pop(): Pair | undefined {
    for (;;) {
      const entry = this.#take();
      if (!entry || entry.count === entry.pair.count) return entry?.pair;
      if (entry.pair.count > 1) this.push(entry.pair);
    }
  }

  #take(): { pair: Pair; count: number } | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (!first || !last || entries.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && precedes(entries[child + 1]!, entries[child]!)) child++;
      if (!precedes(entries[child]!, last)) break;
      entries[at] = entries[child]!;
      at = child;
    }
    entries[at] = last;
    return first;
  }
}

const precedes = (a: { pair: Pair; count: number }, b: { pair: Pair; count: number }): boolean =>
  a.count > b.count || (a.count === b.count && a.pair.key < b.pair.key);
