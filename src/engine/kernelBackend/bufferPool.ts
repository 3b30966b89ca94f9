/** @file A pool of float32 buffers: training steps of a fixed shape allocate nothing after the first. */

/** The source of a backend's buffers. */
export type Pool = {
  /** Whether kernels can read the buffers of this pool only. */
  readonly required: boolean;
  /** Bytes of the buffers that are free for use. */
  readonly waiting: number;
  /** Bytes ever allocated from the operating system. */
  readonly created: number;
  /** `count` floats, **not** cleared. */
  take: (count: number) => Float32Array;
  /** Returns a buffer from `take` to the pool; the caller must not use it afterwards. */
  give: (values: Float32Array) => void;
  /** Whether the buffer is from this pool. */
  owns: (buffer: ArrayBufferLike) => boolean;
};

/** The largest total size of free buffers; a buffer that is returned beyond it is left to the garbage collector. */
const maxWaitingBytes = 2 ** 28;

/** Sizes are rounded up to eighths of a power of two, so that sequences of many lengths share a few sizes. */
function capacityOf(count: number): number {
  if (count <= 16) return 16;
  const step = 2 ** (Math.floor(Math.log2(count)) - 3);
  return Math.ceil(count / step) * step;
}

export class BufferPool implements Pool {
  readonly required = false;
  private readonly free = new Map<number, ArrayBuffer[]>();
  private readonly buffers = new WeakSet<ArrayBufferLike>();

  waiting = 0;
  created = 0;

  take(count: number): Float32Array<ArrayBuffer> {
    const bytes = 4 * capacityOf(count);
    const buffer = this.free.get(bytes)?.pop();
    if (buffer === undefined) return new Float32Array(this.create(bytes), 0, count);
    this.waiting -= bytes;
    return new Float32Array(buffer, 0, count);
  }

  give({ buffer }: Float32Array): void {
    if (!this.owns(buffer) || this.waiting + buffer.byteLength > maxWaitingBytes) return;
    this.waiting += buffer.byteLength;
    const others = this.free.get(buffer.byteLength);
    if (others === undefined) this.free.set(buffer.byteLength, [buffer]);
    else others.push(buffer);
  }

  owns(buffer: ArrayBufferLike): buffer is ArrayBuffer {
    return this.buffers.has(buffer);
  }

  private create(bytes: number): ArrayBuffer {
    const buffer = new ArrayBuffer(bytes);
    this.buffers.add(buffer);
    this.created += bytes;
    return buffer;
  }
}
