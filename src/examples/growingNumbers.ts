/** @file A growing list of numbers in typed arrays of one length, so that growth copies nothing and wastes at most one of them. */

type NumberArray = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;
const chunkBits = 16;
const chunkLength = 1 << chunkBits;

export class GrowingNumbers<Values extends NumberArray = NumberArray> {
  length = 0;
  private readonly chunks: Values[] = [];

  constructor(private readonly type: new (length: number) => Values) {}

  push(value: number): void {
    const chunk = this.length >>> chunkBits;
    if (chunk === this.chunks.length) this.chunks.push(new this.type(chunkLength));
    this.chunks[chunk]![this.length & (chunkLength - 1)] = value;
    this.length++;
  }

  /** @param index below the length */
  at(index: number): number {
    return this.chunks[index >>> chunkBits]![index & (chunkLength - 1)]!;
  }

  set(index: number, value: number): void {
    this.chunks[index >>> chunkBits]![index & (chunkLength - 1)] = value;
  }

  slice(start: number, end: number): number[] {
    const last = Math.min(end, this.length);
    return Array.from({ length: Math.max(0, last - start) }, (_, at) => this.at(start + at));
  }

  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }
}
