/** @file Growing sequences of numbers, such as the token ids of a corpus: in memory, or in a file if there are many. */
import { GrowingNumbers } from "./growingNumbers.js";

export type ValueArray = Uint8Array | Uint16Array | Int32Array | Float32Array | Float64Array;
export type TokenArray = Uint8Array | Uint16Array | Int32Array;

/** A sequence that can be read at any place; typed arrays are sequences. */
export type Sequence = {
  readonly length: number;
  /** The values from `start` to before `end`; a view or a copy. */
  slice(start: number, end: number): ValueArray;
};

/** A sequence that grows at its end. */
export type ValueStore<Values extends ValueArray = ValueArray> = {
  readonly length: number;
  push(values: ArrayLike<number>): void;
  slice(start: number, end: number): Values;
  /** Frees its file, if it has one. */
  dispose(): void;
};

export type TokenStore = ValueStore<TokenArray>;

/** The type of the elements of a store. */
export type ElementType<Values extends ValueArray = ValueArray> = {
  new (length: number): Values;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Values;
  readonly BYTES_PER_ELEMENT: number;
};

/** Makes the stores of a corpus; those that an earlier run filled are full. */
export type Storage = {
  /** @param name differs for each store of a corpus */
  store<Values extends ValueArray>(name: string, type: ElementType<Values>): ValueStore<Values>;
  /** Numbers of documents, in memory. @param name differs for each store of a corpus */
  numbers(name: string, type: typeof Int32Array | typeof Float64Array): GrowingNumbers;
  /** A store that was filled by an earlier run; null for none. */
  stored<Values extends ValueArray>(name: string): ValueStore<Values> | null;
};

/** Nothing is kept for another run. */
export const unkept: Pick<Storage, "numbers" | "stored"> = {
  numbers: (_, type) => new GrowingNumbers<Int32Array | Float64Array>(type),
  stored: () => null,
};

export const inMemory: Storage = { ...unkept, store: (_, type) => new MemoryValues(type) };

/** The narrowest type that holds all ids. @param vocabulary its size; all ids are smaller */
export const tokenType = (vocabulary: number): ElementType<TokenArray> =>
  vocabulary <= 1 << 8 ? Uint8Array : vocabulary <= 1 << 16 ? Uint16Array : Int32Array;

/** A growing typed array; `slice` returns views, not copies. */
export class MemoryValues<Values extends ValueArray> implements ValueStore<Values> {
  length = 0;
  private values: Values;

  constructor(private readonly type: ElementType<Values>) {
    this.values = new type(1024);
  }

  push(values: ArrayLike<number>): void {
    const length = this.length + values.length;
    if (length > this.values.length) {
      const grown = new this.type(Math.ceil(Math.max(length, this.values.length * 1.5)));
      grown.set(this.slice(0, this.length));
      this.values = grown;
    }
    this.values.set(values, this.length);
    this.length = length;
  }

  slice(start: number, end: number): Values {
    return this.values.subarray(start, Math.min(end, this.length)) as Values;
  }

  dispose(): void {}
}

const valuesAtOnce = 1 << 16;

/** A sequence in pieces, since one in a file may be larger than the memory. */
export function* sequencePieces(values: Sequence, size = valuesAtOnce): Generator<ValueArray> {
  for (let start = 0; start < values.length; start += size)
    yield values.slice(start, Math.min(start + size, values.length));
}

/** How often each token occurs. @param vocabulary its size */
export function countsOf(tokens: Sequence, vocabulary: number): Float64Array {
  const counts = new Float64Array(vocabulary);
  for (const piece of sequencePieces(tokens)) for (const id of piece) counts[id]!++;
  return counts;
}
