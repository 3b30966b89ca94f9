/** @file Orders of sequences in an epoch, in typed arrays. */
import { type Random, shuffle } from "../common/random.js";

/** 0, 1, 2 … */
export const numbersTo = (count: number): Int32Array => {
  const numbers = new Int32Array(count);
  for (let index = 0; index < count; index++) numbers[index] = index;
  return numbers;
};

const numberBits = 2 ** 32;
const longestKeyed = 2 ** 20;

/** Sorts indices in place: those of the longest sequences first, those of equal lengths in ascending order. */
export function sortLongestFirst(indices: Int32Array, lengthOf: (index: number) => number): void {
  const keys = new Float64Array(indices.length);
  for (const [at, index] of indices.entries()) {
    const length = lengthOf(index);
    if (length >= longestKeyed) {
      indices.sort((left, right) => lengthOf(right) - lengthOf(left) || left - right);
      return;
    }
    keys[at] = (longestKeyed - length) * numberBits + index;
  }
  keys.sort(); // several times as fast as with a function that compares
  for (const [at, key] of keys.entries()) indices[at] = key % numberBits;
}

/** Shuffles indices in place; then those of each `size` neighbors are sorted, the longest first. */
export function shuffleSorted(
  indices: Int32Array,
  { random, size, lengthOf }: { random: Random; size: number; lengthOf: (index: number) => number },
): void {
  shuffle(indices, random);
  for (let start = 0; start < indices.length; start += size)
    sortLongestFirst(indices.subarray(start, start + size), lengthOf);
}
