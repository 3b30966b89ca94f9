/** @file The pool of float32 buffers in WebAssembly's memory; its allocator reuses them. */
import { UserError } from "../../../common/errors.js";
import type { Pool } from "../../kernelBackend/bufferPool.js";
import type { Instance } from "./wasmInstance.js";

export class WasmPool implements Pool {
  readonly required = true;
  /** The bytes of each buffer in use, by its address. */
  private readonly taken = new Map<number, number>();
  private highest = 0;
  private used = 0;

  constructor(private readonly instance: Instance) {}

  get waiting(): number {
    return this.highest - this.used;
  }

  get created(): number {
    return this.highest;
  }

  /** @throws UserError if the memory is full */
  take(count: number): Float32Array {
    const bytes = 4 * count;
    const address = this.instance.exports.allocate(bytes);
    if (address === 0) {
      throw new UserError(
        `WebAssembly's memory of ${this.instance.maxBytes / 2 ** 30} GB is full: use a smaller --batch-size, a smaller network, or --backend native`,
      );
    }
    this.taken.set(address, bytes);
    this.used += bytes;
    this.highest = Math.max(this.highest, this.used);
    return this.instance.memory.floats(address, count);
  }

  give({ buffer, byteOffset }: Float32Array): void {
    const bytes = this.taken.get(byteOffset);
    if (!this.owns(buffer) || bytes === undefined) return;
    this.taken.delete(byteOffset);
    this.used -= bytes;
    this.instance.exports.release(byteOffset);
  }

  owns(buffer: ArrayBufferLike): boolean {
    return this.instance.memory.owns(buffer);
  }
}
