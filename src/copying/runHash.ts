/** @file A hash of the last units of a sequence, updated unit by unit. */
import { boundary, type CopyUnits } from "./copyUnits.js";

/** The finalizer of MurmurHash3: every bit of the result depends on every bit of the unit. */
function mixed(unit: number): number {
  let bits = Math.imul(unit ^ (unit >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

const bases = [0x01000193, 0x9e3779b1] as const;

/** A rolling polynomial hash of 2 × 32 bits (Karp & Rabin 1987) over the last `length` counted units. */
export class RunHash {
  /** The hash, if `isFull`. */
  first = 0;
  second = 0;
  /** Whether so many units were counted. */
  isFull = false;
  /** The powers of both bases. */
  private readonly powers: [number[], number[]] = [[1], [1]];
  private sums: [number, number] = [0, 0]; // of all units
  private position = 0;
  private counted = 0;
  // Before each of the last counted units: the sums and the position. [length]
  private readonly firstSums: Int32Array;
  private readonly secondSums: Int32Array;
  private readonly positions: Float64Array;

  /** @param length in counted units, from 1 */
  constructor(
    readonly length: number,
    private readonly isCounted: CopyUnits["isCounted"],
  ) {
    this.firstSums = new Int32Array(length);
    this.secondSums = new Int32Array(length);
    this.positions = new Float64Array(length);
  }

  /** Adds a unit; a boundary forgets those before it. */
  push(unit: number): void {
    if (unit === boundary) return this.reset();
    const { length, sums, powers } = this;
    if (this.isCounted(unit)) {
      const slot = this.counted++ % length;
      [this.firstSums[slot], this.secondSums[slot]] = sums;
      this.positions[slot] = this.position;
    }
    this.position++;
    const bits = mixed(unit + 1);
    sums[0] = (Math.imul(sums[0], bases[0]) + bits) | 0;
    sums[1] = (Math.imul(sums[1], bases[1]) + bits) | 0;
    this.isFull = this.counted >= length;
    if (!this.isFull) return;
    const slot = this.counted % length; // of the first unit of the run
    const units = this.position - this.positions[slot]!;
    for (const [index, base] of bases.entries()) {
      const known = powers[index]!;
      while (known.length <= units) known.push(Math.imul(known.at(-1)!, base));
    }
    this.first = (sums[0] - Math.imul(this.firstSums[slot]!, powers[0][units]!)) | 0;
    this.second = (sums[1] - Math.imul(this.secondSums[slot]!, powers[1][units]!)) | 0;
  }

  /** Forgets all units. */
  reset(): void {
    this.counted = 0;
    this.isFull = false;
  }

  /** Takes the units of another hash of the same length. */
  assign(other: RunHash): void {
    this.firstSums.set(other.firstSums);
    this.secondSums.set(other.secondSums);
    this.positions.set(other.positions);
    this.sums = [...other.sums];
    this.position = other.position;
    this.counted = other.counted;
    this.isFull = other.isFull;
  }
}
