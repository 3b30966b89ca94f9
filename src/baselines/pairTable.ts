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
  private slots: Int32Array; // 0, or a pair's number + 1; at most half of them are used

  constructor(expected = 1 << 10) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * Math.max(1, expected) + 2)));
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
    if (2 * this.size >= this.slots.length) this.grow();
    return this.size - 1;
  }

  /** The slot of a pair, or the free slot for it. */
  private slotOf(prefix: number, token: number): number {
    const { slots } = this;
    const [prefixes, tokens] = [this.prefixes.values, this.tokens.values];
    const mask = slots.length - 1;
    let hash = Math.imul(prefix, 0x9e3779b1) ^ Math.imul(token + 1, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const pair = slots[slot]! - 1;
      if (pair < 0 || (tokens[pair] === token && prefixes[pair] === prefix)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    this.slots = new Int32Array(2 * this.slots.length);
    for (let pair = 0; pair < this.size; pair++)
      this.slots[this.slotOf(this.prefixes.values[pair]!, this.tokens.values[pair]!)] = pair + 1;
  }
}
