/** @file Finds the documents that must be in one part of a split: those of one group, or those with the same text. */
import type { Document } from "../corpus/document.js";

/** Which documents belong together. */
export type Grouping = {
  /** The group of each document. */
  groupOf: ArrayLike<number>;
  /** Documents in each group. */
  sizes: readonly number[];
};

/** Numbers the groups of documents in the order of their first documents. */
export class GroupFinder {
  private readonly groupOf: number[] = [];
  private readonly sizes: number[] = [];
  private readonly known = new Map<string | number, number>();

  /** @param key equal for the documents of one group; undefined for a document without others */
  add(key: string | number | undefined): void {
    let group = key === undefined ? undefined : this.known.get(key);
    if (group === undefined) {
      group = this.sizes.length;
      this.sizes.push(0);
      if (key !== undefined) this.known.set(key, group);
    }
    this.sizes[group]!++;
    this.groupOf.push(group);
  }

  has(key: string | number): boolean {
    return this.known.has(key);
  }

  /** The documents that are not the first of their group. */
  get repeated(): number {
    return this.groupOf.length - this.sizes.length;
  }

  /** Undefined if each document is alone. */
  finish(): Grouping | undefined {
    return this.repeated === 0 ? undefined : { groupOf: this.groupOf, sizes: this.sizes };
  }
}

/** A number that documents with the same text share, whatever their spaces and line ends; undefined for an empty text. */
export function textKey({ text, words }: Document): number | undefined {
  const folded = (text === "" && words ? words.join(" ") : text).trim().replaceAll(/\s+/g, " ");
  return folded === "" ? undefined : hash53(folded);
}

/** FNV-1a over UTF-16 code units, twice with different starts: 53 bits, so that two of a million texts collide once in 18,000 corpora. */
function hash53(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high ^= high >>> 15;
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
