/** @file Stores the token ids of documents in one growing sequence, as narrow as the vocabulary allows. */
import type { BatchInputs } from "./batch.js";
import { tokenInputs } from "./documentExamples.js";
import { inMemory, type Storage, type TokenArray, type TokenStore, tokenType } from "./tokenStore.js";
import type { GrowingNumbers } from "./growingNumbers.js";
import { type NumberDocuments, standardized } from "./numberExamples.js";
import type { InputStore, Spans } from "./sequences.js";

/** Documents, one after the other in one sequence. */
export class TokenDocuments implements InputStore {
  readonly inputs = "tokens";
  private readonly ends: GrowingNumbers;
  private readonly tokens: TokenStore;

  /** @param vocabulary its size @param name of the store @param numbers beside each document, one row of them */
  constructor(
    vocabulary: number,
    storage: Storage = inMemory,
    name = "documents",
    readonly numbers?: NumberDocuments,
  ) {
    this.tokens = storage.store(name, tokenType(vocabulary));
    this.ends = storage.numbers(`${name}-ends`, Float64Array);
  }

  get count(): number {
    return this.ends.length;
  }

  /** The tokens of all documents. */
  get total(): number {
    return this.tokens.length;
  }

  /** @param numbers beside the document, if the store has some */
  push(ids: ArrayLike<number>, numbers: readonly number[] = []): void {
    this.tokens.push(ids);
    this.ends.push(this.tokens.length);
    this.numbers?.push({ width: this.numbers.shape.width, values: Float32Array.from(numbers) });
  }

  /** The ids of a document, at most the first `longest`. */
  document(index: number, longest = Infinity): TokenArray {
    const begin = this.beginOf(index);
    return this.tokens.slice(begin, Math.min(begin + longest, this.ends.at(index)));
  }

  private part(index: number, begin: number, end: number): TokenArray {
    const start = this.beginOf(index);
    return this.tokens.slice(start + begin, start + end);
  }

  lengthOf(index: number): number {
    return this.ends.at(index) - this.beginOf(index);
  }

  gather(chosen: Int32Array, longest: number, spans?: Spans): BatchInputs {
    const { numbers } = this;
    return {
      ...tokenInputs(
        Array.from(chosen, (index, row) =>
          spans ? this.part(index, spans.begins[row]!, spans.ends[row]!) : this.document(index, longest),
        ),
      ),
      ...(numbers && {
        textNumbers: standardized(
          Array.from(chosen, (index) => numbers.document(index)),
          numbers.scaling,
        ),
      }),
    };
  }

  dispose(): void {
    this.tokens.dispose();
    this.numbers?.dispose();
  }

  private beginOf(index: number): number {
    return index === 0 ? 0 : this.ends.at(index - 1);
  }
}
