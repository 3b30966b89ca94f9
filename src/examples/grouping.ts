/** @file Finds the documents that must be in one part of a split: those of one group, or those with the same text. */
import type { Document } from "../corpus/document.js";

/** Which documents belong together; groups are numbered in the order of their first documents. */
export type Grouping = {
  /** The group of each document. */
  groupOf: ArrayLike<number>;
  /** Documents in each group. */
  sizes: ArrayLike<number>;
};

/** The groups of documents that were added one by one. */
export type FoundGroups = {
  /** Undefined if each document is alone. */
  grouping: Grouping | undefined;
  /** The documents that are not the first of their group. */
  repeated: number;
  has: (key: number | undefined) => boolean;
};

/** A growing list of numbers, eight bytes each. */
export class NumberList {
  private storage = new Float64Array(1024);
  private count = 0;

  push(value: number): void {
    if (this.count === this.storage.length) {
      const grown = new Float64Array(2 * this.count);
      grown.set(this.storage);
      this.storage = grown;
    }
    this.storage[this.count++] = value;
  }

  values(): Float64Array {
    return this.storage.subarray(0, this.count);
  }
}

/** Collects the keys of documents. */
export class GroupFinder {
  private readonly keys = new NumberList();

  /** @param key equal for the documents of one group; undefined for a document without others */
  add(key: number | undefined): void {
    this.keys.push(key ?? Number.NaN);
  }

  finish(): FoundGroups {
    const keys = this.keys.values();
    const sorted = keys.toSorted();
    let repeated = 0;
    const groups = new Map<number, number | undefined>(); // of the keys of several documents
    for (let index = 1; index < sorted.length; index++) {
      if (sorted[index] !== sorted[index - 1]) continue;
      repeated++;
      groups.set(sorted[index]!, undefined);
    }
    return {
      grouping: repeated === 0 ? undefined : groupsOf(keys, groups, keys.length - repeated),
      repeated,
      has: (key) => key !== undefined && includes(sorted, key),
    };
  }
}

/** @param groups of the keys of several documents, to be filled @param count of all groups */
function groupsOf(keys: Float64Array, groups: Map<number, number | undefined>, count: number): Grouping {
  const groupOf = new Uint32Array(keys.length);
  const sizes = new Uint32Array(count);
  let next = 0;
  for (const [document, key] of keys.entries()) {
    const group = groups.get(key) ?? next++;
    if (groups.has(key)) groups.set(key, group);
    groupOf[document] = group;
    sizes[group]!++;
  }
  return { groupOf, sizes };
}

/** Binary search. @param sorted ascending */
function includes(sorted: Float64Array, key: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < key) low = middle + 1;
    else high = middle; // NaN, at the end, is not below any key
  }
  return sorted[low] === key;
}

/** Documents that either grouping puts together are together: the connected components of both. */
export function joinedGroups(first: Grouping, second: Grouping): Grouping {
  const offset = first.sizes.length;
  const parents = new Uint32Array(offset + second.sizes.length).map((_, index) => index);
  const rootOf = (node: number): number => {
    let root = node;
    while (parents[root] !== root) root = parents[root] = parents[parents[root]!]!;
    return root;
  };
  const count = first.groupOf.length;
  for (let document = 0; document < count; document++) {
    parents[rootOf(offset + second.groupOf[document]!)] = rootOf(first.groupOf[document]!);
  }
  const finder = new GroupFinder();
  for (let document = 0; document < count; document++) finder.add(rootOf(first.groupOf[document]!));
  return finder.finish().grouping!;
}

/** Documents in the largest group. */
export function largestOf({ sizes }: Grouping): number {
  let largest = 0;
  for (let group = 0; group < sizes.length; group++) largest = Math.max(largest, sizes[group]!);
  return largest;
}

/** A number that documents with the same text share, whatever their spaces and line ends; undefined for an empty text. */
export function textKey({ text, words }: Document): number | undefined {
  const hash = new Hash53();
  const whole = text === "" && words ? words.join(" ") : text;
  let isEmpty = true;
  let gap = false; // spaces after the last unit that was added
  for (let index = 0; index < whole.length; index++) {
    const unit = whole.charCodeAt(index);
    if (isSpaceUnit(unit)) {
      gap = !isEmpty;
      continue;
    }
    if (gap) hash.add(space);
    hash.add(unit);
    gap = false;
    isEmpty = false;
  }
  return isEmpty ? undefined : hash.value;
}

/** A number that documents of the same group share; undefined without a group. */
export function groupKey({ group }: Document): number | undefined {
  if (group === undefined) return undefined;
  const hash = new Hash53();
  for (let index = 0; index < group.length; index++) hash.add(group.charCodeAt(index));
  return hash.value;
}

const space = 0x20;

/** Whether a code unit is white space, as \s has it. */
const isSpaceUnit = (unit: number): boolean =>
  unit <= space ? unit === space || (unit >= 9 && unit <= 13) : unit >= 0xa0 && /\s/.test(String.fromCharCode(unit));

/** FNV-1a over UTF-16 code units, twice with different starts: 53 bits, so that two of a million texts collide once in 18,000 corpora. */
class Hash53 {
  private low = 0x811c9dc5;
  private high = 0x9e3779b9;

  add(unit: number): void {
    this.low = Math.imul(this.low ^ unit, 0x01000193);
    const high = Math.imul(this.high ^ unit, 0x85ebca6b);
    this.high = high ^ (high >>> 15);
  }

  get value(): number {
    return (this.high >>> 11) * 2 ** 32 + (this.low >>> 0);
  }
}
