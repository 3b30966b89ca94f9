/** @file An instance of kernels.wasm with a memory that its threads share. */

/** The exports of kernels.wasm other than the kernels; addresses are offsets in its memory, in bytes. */
export type Exports = {
  /** Aligned to 64 bytes; 0 without memory. */
  allocate: (bytes: number) => number;
  release: (address: number) => void;
  /** Address of six float64 that describe the error in the last rejected arguments. */
  failure: () => number;
  /** Address of a zero-terminated text: the names of the cells, then a line for each kernel. */
  signatures: () => number;
  threads: () => number;
  setThreads: (count: number) => void;
};

/** Runs a kernel on the arguments at an address; false if it rejects them. */
export type KernelExport = (address: number) => boolean;

/** Functions that Node or the browser implements for the kernels. */
export type Host = {
  /** False if no more threads can be started. */
  startThread: (thread: Thread) => boolean;
  /** Ends the process: a kernel could not allocate working memory. */
  outOfMemory: (bytes: number) => never;
};

/** A thread is an instance of the module over the same memory: it sets `__stack_pointer` to `stack` and calls `runThread(task, argument)`. */
export type Thread = {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  stack: number;
  task: number;
  argument: number;
};

export type Instance = {
  exports: Exports;
  kernel: (name: string) => KernelExport;
  memory: SharedMemory;
  /** The size that the memory can grow to. */
  maxBytes: number;
};

const pageBytes = 2 ** 16;
const initialPages = 64; // as in scripts/build-wasm.mjs
const stackBytes = 2 ** 18;

/** 4 GiB, all that 32 bits can address; the system allocates pages only as they are used. */
const maxPages = 2 ** 16;

/** Views of the memory: when it grows, its buffer is another object. */
export class SharedMemory {
  private readonly buffers = new WeakSet<ArrayBufferLike>();

  constructor(readonly memory: WebAssembly.Memory) {}

  get buffer(): ArrayBufferLike {
    const { buffer } = this.memory;
    this.buffers.add(buffer);
    return buffer;
  }

  /** The buffer, at least up to `end`: this thread may hold an old buffer after another thread made the memory grow. */
  upTo(end: number): ArrayBufferLike {
    if (end > this.buffer.byteLength) this.memory.grow(0);
    return this.buffer;
  }

  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.upTo(address + 4 * count), address, count);
  }

  doubles(address: number, count: number): Float64Array {
    return new Float64Array(this.upTo(address + 8 * count), address, count);
  }

  bytes(address: number, count: number): Uint8Array {
    return new Uint8Array(this.upTo(address + count), address, count);
  }

  /** The zero-terminated text at an address. */
  text(address: number): string {
    const bytes = new Uint8Array(this.buffer);
    return String.fromCharCode(...bytes.subarray(address, bytes.indexOf(0, address)));
  }

  /** Whether a buffer is this memory's. */
  owns(buffer: ArrayBufferLike): boolean {
    return this.buffers.has(buffer);
  }
}

/** WebAssembly returns addresses as signed numbers and truncates sizes of more than 32 bits. */
const unsigned =
  (allocate: Exports["allocate"]): Exports["allocate"] =>
  (bytes) =>
    bytes < 2 ** 32 ? allocate(bytes) >>> 0 : 0;

/** @param pages the size that the memory can grow to, in pages; some systems reserve addresses for all of it */
export async function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  host: Host,
  pages: number = maxPages,
): Promise<Instance> {
  const module = await WebAssembly.compile(bytes);
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: pages, shared: true });
  const startThread = (task: number, argument: number): boolean => {
    const stack = exports.allocate(stackBytes);
    return stack !== 0 && host.startThread({ module, memory, stack: stack + stackBytes, task, argument });
  };
  const imports = { env: { memory }, rnn: { startThread, outOfMemory: host.outOfMemory } };
  const { exports: all } = await WebAssembly.instantiate(module, imports);
  const exports = { ...(all as Exports), allocate: unsigned((all as Exports).allocate) };
  return {
    exports,
    kernel: (name) => all[name] as KernelExport,
    memory: new SharedMemory(memory),
    maxBytes: pages * pageBytes,
  };
}
