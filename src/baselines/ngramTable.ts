/** @file The counts of n-grams: a hash table in typed arrays. */

const firstCapacity = 1 << 12;

/**
 * Each n-gram is an entry, a small whole number, found by the entry of its first n − 1 tokens and its last token.
 * The columns are indexed by entry.
 */
export class NgramTable {
  /** The entry of the empty n-gram. */
  static readonly root = 0;
  /** Five columns, and two slots. */
  static readonly bytesPerEntry = 7 * 4;

  /** [entries], the count of the n-gram. */
  count = new Uint32Array(firstCapacity);
  /** [entries], the sum of the counts of the n-grams that extend this one by a token. */
  continued = new Uint32Array(firstCapacity);
  /** [entries], the number of different tokens that follow this one. */
  continuations = new Uint32Array(firstCapacity);

  #context = new Int32Array(firstCapacity);
  #token = new Int32Array(firstCapacity);
  #slots = new Int32Array(2 * firstCapacity); // entries by hash, 0 for free; without the root
  #entries = 1;

  /** The entry of a context followed by a token; `undefined` if there is none. */
  find(context: number, token: number): number | undefined {
    return this.#slots[this.#slotOf(context, token)] || undefined;
  }

  /** The entry of a context followed by a token, created with a count of 0 if there is none. */
  entry(context: number, token: number): number {
    let slot = this.#slotOf(context, token);
    const known = this.#slots[slot]!;
    if (known !== 0) return known;
    if (this.#entries === this.#context.length) {
      this.#grow();
      slot = this.#slotOf(context, token);
    }
    const entry = this.#entries++;
    this.#context[entry] = context;
    this.#token[entry] = token;
    this.#slots[slot] = entry;
    return entry;
  }

  /** The last token of an entry. */
  token(entry: number): number {
    return this.#token[entry]!;
  }

  /** A function that gives the entries that extend an entry by a token. */
  byContext(): (context: number) => Int32Array {
    const starts = new Int32Array(this.#entries + 1); // by context, of its places in `order`
    for (let entry = 1; entry < this.#entries; entry++) starts[this.#context[entry]! + 1]!++;
    for (let context = 0; context < this.#entries; context++) starts[context + 1]! += starts[context]!;
    const order = new Int32Array(this.#entries - 1);
    const next = starts.slice();
    for (let entry = 1; entry < this.#entries; entry++) order[next[this.#context[entry]!]!++] = entry;
    return (context) => order.subarray(starts[context], starts[context + 1]);
  }

  /** The slot of the entry, or the free slot for it: linear probing; at most half of the slots are taken. */
  #slotOf(context: number, token: number): number {
    const mask = this.#slots.length - 1;
    let hash = Math.imul(context, 0x9e3779b1) ^ Math.imul(token + 1, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const entry = this.#slots[slot]!;
      if (entry === 0 || (this.#context[entry] === context && this.#token[entry] === token)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const capacity = 2 * this.#context.length;
    this.count = resized(Uint32Array, this.count, capacity);
    this.continued = resized(Uint32Array, this.continued, capacity);
    this.continuations = resized(Uint32Array, this.continuations, capacity);
    this.#context = resized(Int32Array, this.#context, capacity);
    this.#token = resized(Int32Array, this.#token, capacity);
    this.#slots = new Int32Array(2 * capacity);
    for (let entry = 1; entry < this.#entries; entry++) {
      this.#slots[this.#slotOf(this.#context[entry]!, this.#token[entry]!)] = entry;
    }
  }
}

function resized<Column extends Uint32Array | Int32Array>(
  columnType: new (length: number) => Column,
  column: Column,
  length: number,
): Column {
  const larger = new columnType(length);
  larger.set(column);
  return larger;
}
