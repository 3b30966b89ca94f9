/** @file The kernels of kernels.wasm as JavaScript functions: checks the arguments and writes them into its memory (src/kernels/wasm_binding.c reads them). */
import type { ArgumentKind, KernelName, Kernels } from "../../kernelBackend/kernels.js";
import { signatures } from "../../kernelBackend/signatures.js";
import { camelCase, cellsOf, snakeCase } from "./compiledWasm.js";
import type { Instance, KernelExport } from "./wasmInstance.js";

const argumentBytes = 16; // a number and an address, float64 each
const addressBytes = 4;

export function bindKernels(instance: Instance): Kernels {
  const names = Object.keys(signatures) as KernelName[];
  const most = Math.max(...names.map((name) => Object.keys(signatures[name]).length));
  const binding = { instance, cells: cellsOf(instance), arguments: instance.exports.allocate(most * argumentBytes) };
  return Object.fromEntries(
    names.map((name) => {
      const kernel = instance.kernel(snakeCase(name));
      return [name, (values: object) => new Call(binding, name).run(kernel, values)];
    }),
  ) as Kernels;
}

type Binding = {
  instance: Instance;
  /** The cells in the order of their numbers. */
  cells: readonly string[];
  /** Address of the memory for the arguments of a call. */
  arguments: number;
};

type Numbers = Float32Array | Int32Array | Float64Array;

/** An array that is copied into the memory for a call, and back if the kernel writes it. */
type CopiedArray = { address: number; array: Numbers; returns: boolean };

/** Writes an argument of each kind into the memory, as a number and an address. */
const writers: { [Kind in ArgumentKind]: (call: Call, name: string, value: unknown) => [number, number] } = {
  cell: (call, name, value) => [call.cell(name, value), 0],
  count: (call, name, value) => [call.integer(name, value, 0, 2147483647, "from 0 to 2147483647"), 0],
  seed: (call, name, value) => [call.integer(name, value, -2147483648, 4294967295, "of 32 bits"), 0],
  scalar: (call, name, value) => [call.number(name, value), 0],
  flag: (call, name, value) => [call.flag(name, value), 0],
  floats: (call, name, value) => call.array(name, value, Float32Array),
  "floats?": (call, name, value) => call.nullable(name, value, Float32Array),
  result: (call, name, value) => call.array(name, value, Float32Array, { written: true }),
  "result?": (call, name, value) => call.nullable(name, value, Float32Array, { written: true }),
  indices: (call, name, value) => call.array(name, value, Int32Array),
  "indices?": (call, name, value) => call.nullable(name, value, Int32Array),
  positions: (call, name, value) => call.array(name, value, Int32Array, { written: true }),
  doubles: (call, name, value) => call.array(name, value, Float64Array, { written: true }),
  uniforms: (call, name, value) => call.array(name, value, Float64Array),
  "floats[]": (call, name, value) => call.list(name, value, { written: false }),
  "result[]": (call, name, value) => call.list(name, value, { written: true }),
};

type ArrayType = typeof Float32Array | typeof Int32Array | typeof Float64Array;

class Call {
  private readonly copies: CopiedArray[] = [];
  private readonly blocks: number[] = [];

  constructor(
    private readonly binding: Binding,
    private readonly kernel: KernelName,
  ) {}

  /** @throws TypeError or RangeError that names the kernel and the argument */
  run(kernel: KernelExport, values: object): void {
    if (typeof values !== "object" || values === null) throw this.error(TypeError, "its argument is not an object");
    const { instance } = this.binding;
    try {
      const parameters = Object.entries(signatures[this.kernel]) as [string, ArgumentKind][];
      const written = parameters.flatMap(([name, kind]) =>
        writers[kind](this, name, (values as Record<string, unknown>)[name]),
      );
      instance.memory.doubles(this.binding.arguments, written.length).set(written);
      if (!kernel(this.binding.arguments)) throw this.failure();
      for (const { address, array, returns } of this.copies)
        if (returns) bytesOf(array).set(instance.memory.bytes(address, array.byteLength));
    } finally {
      for (const block of this.blocks) instance.exports.release(block);
    }
  }

  cell(name: string, value: unknown): number {
    const index = this.binding.cells.indexOf(value as string);
    if (index < 0) throw this.error(TypeError, `${name} is not the name of a recurrent cell`);
    return index;
  }

  number(name: string, value: unknown): number {
    if (typeof value !== "number") throw this.error(TypeError, `${name} is not a number`);
    return value;
  }

  integer(name: string, value: unknown, min: number, max: number, range: string): number {
    const number = this.number(name, value);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    throw this.error(RangeError, `${name} is not a whole number ${range}`);
  }

  flag(name: string, value: unknown): number {
    if (typeof value !== "boolean") throw this.error(TypeError, `${name} is neither true nor false`);
    return Number(value);
  }

  nullable(name: string, value: unknown, type: ArrayType, { written = false } = {}): [number, number] {
    if (value === null || value === undefined) return [0, 0];
    if (!(value instanceof type)) throw this.error(TypeError, `${name} is not ${article(type)} ${type.name} or null`);
    return [value.length, this.addressOf(value, written)];
  }

  array(name: string, value: unknown, type: ArrayType, { written = false } = {}): [number, number] {
    if (!(value instanceof type)) throw this.error(TypeError, `${name} is not ${article(type)} ${type.name}`);
    return [value.length, this.addressOf(value, written)];
  }

  /** Writes the arrays' addresses, then their sizes. The kernel reports an error for a value that is not a list. */
  list(name: string, value: unknown, { written }: { written: boolean }): [number, number] {
    if (!Array.isArray(value)) return [-1, 0];
    const arrays = value.map((array, index) => this.array(`${name}[${index}]`, array, Float32Array, { written }));
    const block = this.block(2 * addressBytes * arrays.length);
    const table = new Uint32Array(
      this.binding.instance.memory.upTo(block + 2 * addressBytes * arrays.length),
      block,
      2 * arrays.length,
    );
    table.set(arrays.map(([, address]) => address));
    table.set(
      arrays.map(([size]) => size),
      arrays.length,
    );
    return [arrays.length, block];
  }

  private addressOf(array: Numbers, written: boolean): number {
    const { memory } = this.binding.instance;
    if (array.byteLength === 0) return this.binding.arguments; // any address but 0, which means null
    if (memory.owns(array.buffer)) return array.byteOffset;
    const address = this.block(array.byteLength);
    memory.bytes(address, array.byteLength).set(bytesOf(array));
    this.copies.push({ address, array, returns: written });
    return address;
  }

  /** Memory that is released after this call. */
  private block(bytes: number): number {
    const address = this.binding.instance.exports.allocate(bytes);
    if (address === 0) throw this.error(RangeError, `could not allocate ${bytes} bytes`);
    this.blocks.push(address);
    return address;
  }

  /** The error that the kernel found in its arguments: codes as in wasm_binding.c. */
  private failure(): Error {
    const { exports, memory } = this.binding.instance;
    const [code, name, index, found, wanted, most] = memory.doubles(exports.failure(), 6) as unknown as number[];
    const written = memory.text(name!);
    const argument = index! < 0 ? camelCase(written) : `${camelCase(written)}[${index}]`;
    const errors = [
      () => this.error(Error, "nothing is wrong"),
      () => this.error(RangeError, `${argument} has ${found} elements instead of ${wanted}`),
      () => this.error(RangeError, `${argument} has ${found} elements, more than the ${wanted} that are possible here`),
      () => this.error(RangeError, `${argument} holds ${found}, which is not within ${wanted} to ${most}`),
      () => this.error(TypeError, `${argument} is not a list of ${wanted} arrays`),
      () => this.error(RangeError, `${argument} has a value outside [0, 1)`),
      () => this.error(RangeError, `${argument} does not hold`),
    ];
    return errors[code!]!();
  }

  private error(type: new (message: string) => Error, message: string): Error {
    return new type(`${this.kernel}: ${message}`);
  }
}

const article = (type: ArrayType): string => (type === Int32Array ? "an" : "a");

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
