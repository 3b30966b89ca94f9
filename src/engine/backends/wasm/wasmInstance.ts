/** @file The kernels as WebAssembly, instantiated over a memory that their threads share. */

/** What kernels.wasm exports beside a function for each kernel: addresses are of bytes in its memory. */
export type Exports = {
  /** Aligned to 64 bytes; 0 where there is no room. */
  allocate: (bytes: number) => number;
  release: (address: number) => void;
  /** Six float64: what was wrong with the last arguments that were refused. */
  failure: () => number;
  /** Text that a zero ends: the names of the cells, then a line for each kernel. */
  signatures: () => number;
  threads: () => number;
  setThreads: (count: number) => void;
};

/** A kernel reads its arguments from an address; false where it has refused them. */
export type KernelExport = (address: number) => boolean;

/** What the surroundings do for the kernels. */
export type Host = {
  /** False where there can be no more threads. */
  startThread: (thread: Thread) => boolean;
  /** Ends the process: no room for a kernel's working memory. */
  outOfMemory: (bytes: number) => never;
};

/** An instance of the same module over the same memory, whose `__stack_pointer` is `stack`, is to call `runThread(task, argument)`. */
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
  /** How far the memory may grow. */
  mostBytes: number;
};

const page = 2 ** 16; // bytes
const initialPages = 64; // scripts/build-wasm.mjs says so to the linker
const stackBytes = 2 ** 18;

/** All that 32 bits can address. It takes room only as it is used. */
const mostPages = 2 ** 16;

/** The memory, through views: it grows, and its buffer is another object then. */
export class SharedMemory {
  private readonly buffers = new WeakSet<ArrayBufferLike>();

  constructor(readonly memory: WebAssembly.Memory) {}

  get buffer(): ArrayBufferLike {
    const { buffer } = this.memory;
    this.buffers.add(buffer);
    return buffer;
  }

  /** The buffer, long enough: a thread may have made the memory grow without this one knowing. */
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

  /** Text that a zero ends. */
  text(address: number): string {
    const bytes = new Uint8Array(this.buffer);
    return String.fromCharCode(...bytes.subarray(address, bytes.indexOf(0, address)));
  }

  /** Whether a view of this buffer lies in the memory. */
  owns(buffer: ArrayBufferLike): boolean {
    return this.buffers.has(buffer);
  }
}

/** Numbers of 32 bits come with a sign, addresses have none; and of a count of more bits the lowest would be taken. */
const unsigned =
  (allocate: Exports["allocate"]): Exports["allocate"] =>
  (bytes) =>
    bytes < 2 ** 32 ? allocate(bytes) >>> 0 : 0;

/** @param pages how far the memory may grow: some systems set addresses aside for all of it */
export async function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  host: Host,
  pages: number = mostPages,
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
    mostBytes: pages * page,
  };
}
