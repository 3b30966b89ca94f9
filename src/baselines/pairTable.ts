/** @file Numbers of n-grams while a bag of n-grams counts them and looks them up. */

/** Numbers that grow; `length` of them are used. */
export class GrowingIntegers {
  values = new Int32Array(1 << 12);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(1);
    this.values[this.length++] = value;
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
  /** Of each slot its hash, and 0 or a pair's number + 1: other pairs are distinguished by their hash, in the same cache line. At most half of the slots are used. */
  private slots: Int32Array;

  constructor(expected = 1 << 10) {
    this.slots = new Int32Array(2 * 2 ** Math.ceil(Math.log2(2 * Math.max(1, expected) + 2)));
  }

  get size(): number {
    return this.prefixes.length;
  }

  find(prefix: number, token: number): number {
    return this.slots[this.slotOf(prefix, token, hashOf(prefix, token)) + 1]! - 1;
  }

  findOrAdd(prefix: number, token: number): number {
    const hash = hashOf(prefix, token);
    const slot = this.slotOf(prefix, token, hash);
    const found = this.slots[slot + 1]!;
    if (found > 0) return found - 1;
    this.prefixes.push(prefix);
    this.tokens.push(token);
    this.slots[slot] = hash;
    this.slots[slot + 1] = this.size;
    if (4 * this.size >= this.slots.length) this.grow();
    return this.size - 1;
  }

  /** The index of the slot of a pair, or of the free slot for it. */
  private slotOf(prefix: number, token: number, hash: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = (2 * hash) & mask;
    for (;;) {
      const number = slots[slot + 1]!;
      if (number === 0) return slot;
      if (
        slots[slot] === hash &&
        this.tokens.values[number - 1] === token &&
        this.prefixes.values[number - 1] === prefix
      )
        return slot;
      slot = (slot + 2) & mask;
    }
  }

  private grow(): void {
    const former = this.slots;
    this.slots = new Int32Array(2 * former.length);
    const mask = this.slots.length - 1;
    for (let from = 0; from < former.length; from += 2) {
      if (former[from + 1] === 0) continue;
      let slot = (2 * former[from]!) & mask;
      while (this.slots[slot + 1] !== 0) slot = (slot + 2) & mask;
      this.slots[slot] = former[from]!;
      this.slots[slot + 1] = former[from + 1]!;
    }
  }
}

function hashOf(prefix: number, token: number): number {
  let hash = Math.imul(prefix, 0x9e3779b1) ^ Math.imul(token + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return hash ^ (hash >>> 13);
}
