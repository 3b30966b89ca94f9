/** @file The tokens that can still be drawn, and selections among them without sorting a vocabulary. */

/** The tokens that can still be drawn: the first `count` of `ids`, in no order. */
export type Candidates = {
  /** Token ids. */
  ids: Int32Array;
  count: number;
  /** [vocabulary], indexed by token id, proportional to the probabilities. */
  weights: Float64Array;
  /** [vocabulary], indexed by token id: the logarithms of the probabilities, up to a summand. */
  logits: Float64Array;
};

/** The sum of the candidates' weights. */
export function totalWeight({ ids, count, weights }: Candidates): number {
  let total = 0;
  for (let index = 0; index < count; index++) total += weights[ids[index]!]!;
  return total;
}

/** The largest of some values, indexed by token id, among the candidates. */
export function largestOf({ ids, count }: Candidates, values: Float64Array): number {
  let largest = -Infinity;
  for (let index = 0; index < count; index++) {
    const value = values[ids[index]!]!;
    if (value > largest) largest = value;
  }
  return largest;
}

/** Keeps the candidates for which the test holds. @returns their number */
export function keepWhere({ ids, count }: Candidates, holds: (id: number) => boolean): number {
  let kept = 0;
  for (let index = 0; index < count; index++) if (holds(ids[index]!)) swap(ids, index, kept++);
  return kept;
}

/** Sets the weights to those of the logits: 1 for the most probable token. */
export function weigh(candidates: Candidates): void {
  const { ids, count, logits, weights } = candidates;
  const largest = largestOf(candidates, logits);
  for (let index = 0; index < count; index++) weights[ids[index]!] = Math.exp(logits[ids[index]!]! - largest);
}

/** Whether one token comes before another: a higher key, or the lower id of equal keys. */
const isBefore = (keys: Float64Array, id: number, other: number): boolean =>
  keys[id]! > keys[other]! || (keys[id] === keys[other] && id < other);

/** Above this number quickselect is faster than a heap. */
const largestHeap = 512;

/** Keeps the k tokens of the highest keys; of equal ones, those of lower ids. @returns their number */
export function keepHighest(candidates: Candidates, keys: Float64Array, k: number): number {
  const { ids, count } = candidates;
  if (k >= count) return count;
  if (k > largestHeap) return keepFirst(candidates, keys, (sum) => sum >= k, null);
  for (let root = (k >> 1) - 1; root >= 0; root--) sink(ids, k, root, keys);
  let last = ids[0]!; // of those kept so far
  for (let index = k; index < count; index++) {
    const id = ids[index]!;
    if (keys[id]! < keys[last]! || !isBefore(keys, id, last)) continue;
    swap(ids, 0, index);
    sink(ids, k, 0, keys);
    last = ids[0]!;
  }
  return k;
}

/** Restores a heap of `size` ids, whose root comes after all others, below one of its places. */
export function sink(ids: Int32Array, size: number, from: number, keys: Float64Array): void {
  let place = from;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= size) return;
    if (child + 1 < size && isBefore(keys, ids[child]!, ids[child + 1]!)) child++;
    if (!isBefore(keys, ids[place]!, ids[child]!)) return;
    swap(ids, place, child);
    place = child;
  }
}

/**
 * Keeps the fewest tokens of the highest keys whose measures sum to enough, or all if they do not: quickselect (Hoare 1961) by sum instead of by
 * index.
 * @param enough monotonic in the sum; false for 0
 * @param measures indexed by token id; null for 1 each
 * @returns their number
 */
export function keepFirst(
  { ids, count }: Candidates,
  keys: Float64Array,
  enough: (sum: number) => boolean,
  measures: Float64Array | null,
): number {
  let low = 0;
  let high = count - 1;
  let reached = 0;
  while (low <= high) {
    swap(ids, (low + high) >> 1, high);
    const pivot = ids[high]!;
    let middle = low;
    let before = 0;
    for (let index = low; index < high; index++) {
      const id = ids[index]!;
      if (!isBefore(keys, id, pivot)) continue;
      before += measures ? measures[id]! : 1;
      swap(ids, index, middle++);
    }
    swap(ids, middle, high);
    if (enough(reached + before)) {
      high = middle - 1;
    } else {
      reached += before + (measures ? measures[pivot]! : 1);
      low = middle + 1;
      if (enough(reached)) break;
    }
  }
  return low;
}

function swap(ids: Int32Array, left: number, right: number): void {
  const id = ids[left]!;
  ids[left] = ids[right]!;
  ids[right] = id;
}
