/** @file idx: arrays of numbers in binary, as MNIST's digits and their labels are stored: a header with a type and sizes, then the elements. */
import { UserError } from "../../common/errors.js";
import type { Rows } from "../document.js";
import type { Content, Format, ReadOptions } from "./format.js";
import type { Source } from "../byteSource.js";

export const idx: Format = {
  describe: "arrays of numbers in binary, with labels in a file of their own",
  extensions: ["idx", "ubyte"],
  takes: ["labels"],
  open,
};

/** An element's bytes, and how many of them become numbers; big-endian. */
type Element = { size: number; read: (bytes: Buffer) => Rows["values"] };

const each =
  (size: number, at: (bytes: Buffer, offset: number) => number): Element["read"] =>
  (bytes) =>
    Float32Array.from({ length: bytes.length / size }, (_, index) => at(bytes, index * size));

/** By the header's third byte; bytes stay bytes, all else is read as 32-bit floats. */
const elements: { [code: number]: Element } = {
  0x08: { size: 1, read: (bytes) => Uint8Array.from(bytes) },
  0x09: { size: 1, read: each(1, (bytes, offset) => bytes.readInt8(offset)) },
  0x0b: { size: 2, read: each(2, (bytes, offset) => bytes.readInt16BE(offset)) },
  0x0c: { size: 4, read: each(4, (bytes, offset) => bytes.readInt32BE(offset)) },
  0x0d: { size: 4, read: each(4, (bytes, offset) => bytes.readFloatBE(offset)) },
  0x0e: { size: 8, read: each(8, (bytes, offset) => bytes.readDoubleBE(offset)) },
};

const mostDimensions = 8;

/** Whether bytes begin as an idx file does: two zeros, a type and a number of dimensions. */
export const isIdx = ([first, second, code, dimensions]: Uint8Array): boolean =>
  first === 0 && second === 0 && elements[code!] !== undefined && dimensions! >= 1 && dimensions! <= mostDimensions;

/** The sizes [items, …] and the items that follow one by one. */
type Reading = { sizes: number[]; items: AsyncGenerator<Rows["values"]> };

/**
 * [sequences, steps, width], and dimensions beyond the third are part of the width; [sequences, steps] are steps of one number.
 * @throws UserError for labels that are not as many as the sequences
 */
async function open(source: Source, { labels, textsOnly }: ReadOptions): Promise<Content> {
  const labelled = labels !== undefined && !textsOnly;
  const { sizes } = await begin(source);
  const [count = 0, , ...wide] = sizes;
  if (sizes.length === 1) {
    throw new UserError(
      `${source.name} holds ${count} single numbers: these are labels (--labels), and sequences are wanted here, as [sequences, rows, columns]`,
    );
  }
  if (labelled) await checkLabels(labels, source.name, count);
  const width = wide.reduce((product, size) => product * size, 1);
  return {
    shape: "documents",
    labelled,
    rows: { width },
    read: async function* () {
      const { items } = await begin(source);
      const names = labelled ? labelsOf(labels) : null;
      for await (const values of items) {
        const label = await names?.next();
        yield { text: "", rows: { width, values }, ...(label && !label.done && { label: label.value }) };
      }
    },
  };
}

async function checkLabels(labels: Source, name: string, count: number): Promise<void> {
  const { sizes } = await begin(labels);
  if (sizes.length !== 1) {
    throw new UserError(
      `${labels.name} holds an array of ${sizes.join(" × ")}: labels are one number for each sequence`,
    );
  }
  if (sizes[0] !== count)
    throw new UserError(`${labels.name} has ${sizes[0]} labels, and ${name} has ${count} sequences`);
}

async function* labelsOf(labels: Source): AsyncGenerator<string> {
  for await (const [label] of (await begin(labels)).items) yield String(label);
}

/** @throws UserError for a header that is none, while reading for elements that are missing, left over or no numbers */
async function begin(source: Source): Promise<Reading> {
  const reader = new ByteReader(source);
  const [zero, zeroToo, code, dimensions] = await reader.take(4, "a header");
  const element = elements[code!];
  if (zero !== 0 || zeroToo !== 0 || !element || dimensions! < 1 || dimensions! > mostDimensions) {
    throw new UserError(
      `${source.name} is not an IDX file: it should begin with two zeros, a type from 08 to 0e and a number of dimensions`,
    );
  }
  const header = await reader.take(4 * dimensions!, `the sizes of ${dimensions} dimensions`);
  const sizes = Array.from({ length: dimensions! }, (_, index) => header.readUInt32BE(4 * index));
  const [count = 0, ...item] = sizes;
  const size = item.reduce((product, length) => product * length, element.size);
  if (!sizes.every((length) => length > 0) || size > 2 ** 30) {
    throw new UserError(`${source.name} claims to hold an array of ${sizes.join(" × ")}`);
  }
  const items = async function* (): AsyncGenerator<Rows["values"]> {
    for (let index = 0; index < count; index++) {
      const values = element.read(await reader.take(size, `${count} items of ${size} bytes`));
      if (values instanceof Float32Array && !values.every(Number.isFinite))
        throw new UserError(`${source.name}: item ${index + 1} holds what is no number`);
      yield values;
    }
    await reader.end(`the ${count} items that its header names`);
  };
  return { sizes, items: items() };
}

/** A source's bytes, some at a time. */
class ByteReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private held: Buffer = Buffer.alloc(0);
  private offset = 0;

  constructor(private readonly source: Source) {
    this.chunks = source.bytes()[Symbol.asyncIterator]();
  }

  /** @throws UserError where there are fewer */
  async take(size: number, what: string): Promise<Buffer> {
    const parts = [this.held];
    let length = this.held.length;
    while (length < size) {
      const { done, value } = await this.chunks.next();
      if (done) {
        throw new UserError(
          `${this.source.name} is cut off: it ends after ${this.offset + length} bytes, before ${what} are complete`,
        );
      }
      parts.push(Buffer.from(value.buffer, value.byteOffset, value.length));
      length += value.length;
    }
    const all = parts.length === 1 ? this.held : Buffer.concat(parts);
    this.held = all.subarray(size);
    this.offset += size;
    return all.subarray(0, size);
  }

  /** @throws UserError where there is more */
  async end(what: string): Promise<void> {
    const { done } = this.held.length > 0 ? { done: false } : await this.chunks.next();
    if (!done) throw new UserError(`${this.source.name} has more bytes than ${what}`);
  }
}
