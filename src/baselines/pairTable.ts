/** @file Numbers of n-grams while a bag of n-grams counts them and looks them up. */

/** Numbers that grow; `length` of them are used. */
export class GrowingIntegers {
  values = new Int32Array(1 << 12);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(1);
    this.values[this.length++] = value;
  }

  /** Appends the first numbers of an array. */
  append(values: Int32Array, count: number): void {
    this.reserve(count);
    for (let index = 0; index < count; index++) this.values[this.length + index] = values[index]!;
    this.length += count;
  }

  reserve(more: number): void {
    if (this.length + more <= this.values.length) return;
    const larger = new Int32Array(Math.max(2 * this.values.length, this.length + more));
    larger.set(this.values);
    this.values = larger;
  }
}

/** Numbers pairs of an n-gram without its last token, and this token, in the order of their first occurrence. Exact: a hash table with linear probing. */
export class PairTable {
  readonly prefixes = new GrowingIntegers();
  readonly tokens = new GrowingIntegers();
  /** Of each slot 0 or a pair's number + 1, its prefix, its token, and nothing: one cache line. */
  private slots: Int32Array;

  constructor(expected = 1 << 10) {
    this.slots = new Int32Array(slotSize * 2 ** Math.ceil(Math.log2((expected + 1) / mostUsed)));
  }

  get size(): number {
    return this.prefixes.length;
  }

  find(prefix: number, token: number): number {
    return this.slots[this.slotOf(prefix, token)]! - 1;
  }

  findOrAdd(prefix: number, token: number): number {
    const slot = this.slotOf(prefix, token);
    const found = this.slots[slot]!;
    if (found > 0) return found - 1;
    this.prefixes.push(prefix);
    this.tokens.push(token);
    this.slots[slot] = this.size;
    this.slots[slot + 1] = prefix;
    this.slots[slot + 2] = token;
    if (slotSize * this.size > mostUsed * this.slots.length) this.grow();
    return this.size - 1;
  }

  /** The index of the slot of a pair, or of the free slot for it. */
  private slotOf(prefix: number, token: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = (slotSize * hashOf(prefix, token)) & mask;
    while (slots[slot] !== 0 && !(slots[slot + 1] === prefix && slots[slot + 2] === token))
      slot = (slot + slotSize) & mask;
    return slot;
  }

  private grow(): void {
    const former = this.slots;
    this.slots = new Int32Array(2 * former.length);
    for (let from = 0; from < former.length; from += slotSize) {
      if (former[from] === 0) continue;
      const slot = this.slotOf(former[from + 1]!, former[from + 2]!);
      for (let at = 0; at < slotSize; at++) this.slots[slot + at] = former[from + at]!;
    }
  }
}

/** Integers of a slot. */
const slotSize = 4;
/** Of the slots: with more of them, a pair that is missing takes long to miss. */
const mostUsed = 0.6;

function hashOf(prefix: number, token: number): number {
  let hash = Math.imul(prefix, 0x9e3779b1) ^ Math.imul(token + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return hash ^ (hash >>> 13);
}
