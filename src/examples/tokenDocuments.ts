/** @file Stores the token ids of a corpus in one growing typed array, as narrow as the vocabulary allows. */
import type { BatchInputs } from "./batch.js";
import { tokenInputs } from "./documentExamples.js";
import type { InputStore } from "./sequences.js";

export type TokenArray = Uint8Array | Uint16Array | Int32Array;

/** A growing sequence of token ids; `subarray` returns views, not copies. */
export class TokenSequence {
  length = 0;
  private storage: TokenArray;
  private readonly allocate: (length: number) => TokenArray;

  /** @param vocabulary its size; all ids are smaller */
  constructor(vocabulary: number) {
    this.allocate = (length) =>
      vocabulary <= 1 << 8
        ? new Uint8Array(length)
        : vocabulary <= 1 << 16
          ? new Uint16Array(length)
          : new Int32Array(length);
    this.storage = this.allocate(1024);
  }

  push(ids: ArrayLike<number>): void {
    this.reserve(this.length + ids.length);
    this.storage.set(ids, this.length);
    this.length += ids.length;
  }

  subarray(start = 0, end = this.length): TokenArray {
    return this.storage.subarray(start, end);
  }

  private reserve(length: number): void {
    if (length <= this.storage.length) return;
    const grown = this.allocate(Math.ceil(Math.max(length, this.storage.length * 1.5)));
    grown.set(this.subarray());
    this.storage = grown;
  }
}

/** Documents, one after the other in one sequence. */
export class TokenDocuments implements InputStore {
  readonly inputs = "tokens";
  private readonly ends: number[] = [];
  private readonly tokens: TokenSequence;

  constructor(vocabulary: number) {
    this.tokens = new TokenSequence(vocabulary);
  }

  get count(): number {
    return this.ends.length;
  }

  push(ids: ArrayLike<number>): void {
    this.tokens.push(ids);
    this.ends.push(this.tokens.length);
  }

  document(index: number): TokenArray {
    return this.tokens.subarray(this.ends[index - 1] ?? 0, this.ends[index]);
  }

  lengthOf(index: number): number {
    return this.ends[index]! - (this.ends[index - 1] ?? 0);
  }

  gather(chosen: Int32Array, longest: number): BatchInputs {
    return tokenInputs(Array.from(chosen, (index) => this.document(index).subarray(0, longest)));
  }
}
