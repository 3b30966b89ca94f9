/** @file Numbers slices of text in the order of their first occurrence: a hash table over code units that creates no strings. */
import { codeUnits, textOf } from "./codeUnits.js";

export class SliceIndex {
  size = 0;
  #slots = new Int32Array(2 * (1 << 10)); // of each 0 or a slice's number + 1, and its hash; at most half of them used
  #starts = new Int32Array((1 << 9) + 1); // of each slice in #units
  #units = new Uint16Array(1 << 12);

  /** The number of a slice, or -1. */
  find(units: Uint16Array, start: number, end: number): number {
    return this.#slots[this.#slotOf(units, start, end, hashOf(units, start, end))]! - 1;
  }

  /** The number of a slice; a new one gets the next number. */
  findOrAdd(units: Uint16Array, start: number, end: number): number {
    const hash = hashOf(units, start, end);
    const slot = this.#slotOf(units, start, end, hash);
    const found = this.#slots[slot]!;
    if (found !== 0) return found - 1;
    const from = this.#starts[this.size]!;
    const to = from + end - start;
    if (to > this.#units.length) this.#units = grown(this.#units, new Uint16Array(to * 2));
    this.#units.set(units.subarray(start, end), from);
    this.#slots[slot] = ++this.size;
    this.#slots[slot + 1] = hash;
    this.#starts[this.size] = to;
    if (this.size === this.#starts.length - 1) this.#grow();
    return this.size - 1;
  }

  add(text: string): number {
    return this.findOrAdd(codeUnits(text), 0, text.length);
  }

  /** Adds a slice of another index. */
  addFrom(other: SliceIndex, index: number): number {
    return this.findOrAdd(other.#units, other.#starts[index]!, other.#starts[index + 1]!);
  }

  /** The order of two slices by their code units, as that of strings: negative if the left one is first. */
  compare(left: number, right: number): number {
    const [from, other] = [this.#starts[left]!, this.#starts[right]!];
    const [length, otherLength] = [this.#starts[left + 1]! - from, this.#starts[right + 1]! - other];
    for (let at = 0; at < Math.min(length, otherLength); at++) {
      const difference = this.#units[from + at]! - this.#units[other + at]!;
      if (difference !== 0) return difference;
    }
    return length - otherLength;
  }

  text(index: number): string {
    return textOf(this.#units.subarray(this.#starts[index], this.#starts[index + 1]));
  }

  /** The slot of a slice, or the free slot for it. */
  #slotOf(units: Uint16Array, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (2 * hash) & mask;
    for (;;) {
      const number = slots[slot]!;
      if (number === 0 || (slots[slot + 1] === hash && this.#equals(number - 1, units, start, end))) return slot;
      slot = (slot + 2) & mask;
    }
  }

  #equals(index: number, units: Uint16Array, start: number, end: number): boolean {
    const from = this.#starts[index]!;
    if (this.#starts[index + 1]! - from !== end - start) return false;
    for (let at = start, own = from; at < end; at++, own++) if (units[at] !== this.#units[own]) return false;
    return true;
  }

  #grow(): void {
    this.#starts = grown(this.#starts, new Int32Array(this.size * 2 + 1));
    const former = this.#slots;
    const slots = (this.#slots = new Int32Array(former.length * 2));
    const mask = slots.length - 1;
    for (let from = 0; from < former.length; from += 2) {
      if (former[from] === 0) continue;
      let slot = (2 * former[from + 1]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 2) & mask;
      slots[slot] = former[from]!;
      slots[slot + 1] = former[from + 1]!;
    }
  }
}

/** FNV-1a over code units; its high bits are mixed into the low ones, which select the slot. */
function hashOf(units: Uint16Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ units[at]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function grown<Values extends Int32Array | Uint16Array>(values: Values, larger: Values): Values {
  larger.set(values);
  return larger;
}
