/** @file The runs of a corpus as a Bloom filter (Bloom 1970), which holds each of them, and takes few others for one of them. */
import type { CopyUnits } from "./copyUnits.js";
import { RunHash } from "./runHash.js";

/** Bits for each unit of the corpus, and those that one run sets: at most (1 − e^(−8/12))^8 = 0.3 % of other runs are taken for one of the corpus. */
const bitsPerUnit = 12;
const hashes = 8;

/** The runs of `length` counted units in a corpus. */
export class CopyFilter {
  private readonly mask: number;

  /** @param bits a power of 2 of them, at least 32 */
  private constructor(
    readonly length: number,
    readonly bits: Uint32Array<ArrayBuffer>,
  ) {
    this.mask = bits.length * 32 - 1;
  }

  /** @param length of a run, from 1 @param size the units of the corpus, about */
  static empty(length: number, size: number): CopyFilter {
    const words = Math.min(2 ** 27, 2 ** Math.max(0, Math.ceil(Math.log2((size * bitsPerUnit) / 32))));
    return new CopyFilter(length, new Uint32Array(words));
  }

  /** A filter that was stored. */
  static from(length: number, bits: Uint32Array<ArrayBuffer>): CopyFilter {
    return new CopyFilter(length, bits);
  }

  /** Reads the corpus and adds its runs. A run of characters ends after the first byte of its last character. */
  reader({ isCounted }: CopyUnits): { read(units: ArrayLike<number>): void; interrupt(): void } {
    const hash = new RunHash(this.length, isCounted);
    return {
      read: (units) => {
        for (let index = 0; index < units.length; index++) {
          hash.push(units[index]!);
          if (hash.isFull && isCounted(units[index]!)) this.add(hash);
        }
      },
      interrupt: () => hash.reset(),
    };
  }

  /** Whether a run may be one of the corpus; false is certain. */
  has({ first, second }: Pick<RunHash, "first" | "second">): boolean {
    for (let index = 0; index < hashes; index++) {
      const bit = (first + Math.imul(index, second | 1)) & this.mask;
      if ((this.bits[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  private add({ first, second }: RunHash): void {
    for (let index = 0; index < hashes; index++) {
      const bit = (first + Math.imul(index, second | 1)) & this.mask;
      this.bits[bit >>> 5]! |= 1 << (bit & 31);
    }
  }
}
