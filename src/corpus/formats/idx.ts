/** @file idx: binary arrays of numbers, the format of MNIST: a header with a type and sizes, then the elements. */
import { basename, dirname, join } from "node:path";
import { UserError } from "../../common/errors.js";
import type { Rows } from "../document.js";
import type { Content, Format, ReadOptions } from "./index.js";
import type { ByteSource } from "../sources/byteSource.js";

export const idx: Format = {
  describe: "binary arrays of numbers, with labels in a separate file",
  extensions: ["idx", "ubyte"],
  fileName: /[-._]idx\d-[a-z]+$/i, // as in train-images-idx3-ubyte
  matches: isIdx,
  labelsPath: (path) => join(dirname(path), basename(path).replace("images", "labels").replace(/idx\d/, "idx1")),
  options: ["labels"],
  open,
};

/** The size of an element in bytes, and the numbers of big-endian bytes. */
type Element = { size: number; read: (bytes: Buffer) => Rows["values"] };

const each =
  (size: number, at: (bytes: Buffer, offset: number) => number): Element["read"] =>
  (bytes) =>
    Float32Array.from({ length: bytes.length / size }, (_, index) => at(bytes, index * size));

/** By the third byte of the header. Bytes stay bytes; all other types become 32-bit floats. */
const elements: { [code: number]: Element } = {
  0x08: { size: 1, read: (bytes) => Uint8Array.from(bytes) },
  0x09: { size: 1, read: each(1, (bytes, offset) => bytes.readInt8(offset)) },
  0x0b: { size: 2, read: each(2, (bytes, offset) => bytes.readInt16BE(offset)) },
  0x0c: { size: 4, read: each(4, (bytes, offset) => bytes.readInt32BE(offset)) },
  0x0d: { size: 4, read: each(4, (bytes, offset) => bytes.readFloatBE(offset)) },
  0x0e: { size: 8, read: each(8, (bytes, offset) => bytes.readDoubleBE(offset)) },
};

const maxDimensions = 8;

/** Whether the first bytes are those of an idx file: two zeros, a type and a number of dimensions. */
function isIdx([first, second, code, dimensions]: Uint8Array): boolean {
  return (
    first === 0 && second === 0 && elements[code!] !== undefined && dimensions! >= 1 && dimensions! <= maxDimensions
  );
}

/** The sizes [items, …], and the items. */
type IdxArray = { sizes: number[]; items: AsyncGenerator<Rows["values"]> };

/**
 * Reads [sequences, time, width]; further dimensions are part of the width, and the width of [sequences, time] is 1.
 * @throws UserError if the numbers of labels and sequences differ
 */
async function open(source: ByteSource, { labels, textsOnly }: ReadOptions): Promise<Content> {
  const labeled = labels !== undefined && !textsOnly;
  const { sizes } = await openArray(source);
  const [count = 0, , ...wide] = sizes;
  if (sizes.length === 1) {
    throw new UserError(
      `a list of ${count} numbers, which are labels (--labels-file); expected sequences [sequences, rows, columns]`,
    );
  }
  if (labeled) await checkLabels(labels, source.name, count);
  const width = wide.reduce((product, size) => product * size, 1);
  return {
    reading: { format: "idx", encoding: "utf-8" },
    shape: "documents",
    labeled,
    rows: { width },
    read: async function* () {
      const { items } = await openArray(source);
      const names = labeled ? labelsOf(labels) : null;
      let item = 0;
      for await (const values of items) {
        item++;
        const label = await names?.next();
        if (values instanceof Float32Array && !values.every(Number.isFinite)) {
          yield { skipped: "bad", line: item, reason: "a value of the sequence is not a finite number" };
          continue;
        }
        yield { text: "", rows: { width, values }, ...(label && !label.done && { label: label.value }) };
      }
    },
  };
}

async function checkLabels(labels: ByteSource, name: string, count: number): Promise<void> {
  const { sizes } = await openArray(labels);
  if (sizes.length !== 1) {
    throw new UserError(`${labels.name}: an array of ${sizes.join(" × ")}; expected one label for each sequence`);
  }
  if (sizes[0] !== count)
    throw new UserError(`${labels.name} has ${sizes[0]} labels, but ${name} has ${count} sequences`);
}

async function* labelsOf(labels: ByteSource): AsyncGenerator<string> {
  for await (const [label] of (await openArray(labels)).items) yield String(label);
}

/** @throws UserError for an invalid header, and while reading for missing elements and bytes after the last one */
async function openArray(source: ByteSource): Promise<IdxArray> {
  const reader = new ByteReader(source);
  const [zero, zeroToo, code, dimensions] = await reader.take(4, "a header");
  const element = elements[code!];
  if (zero !== 0 || zeroToo !== 0 || !element || dimensions! < 1 || dimensions! > maxDimensions) {
    throw new UserError(
      `${source.name}: not an IDX file; it must begin with two zeros, a type from 08 to 0e and the number of dimensions`,
    );
  }
  const header = await reader.take(4 * dimensions!, `the sizes of ${dimensions} dimensions`);
  const sizes = Array.from({ length: dimensions! }, (_, index) => header.readUInt32BE(4 * index));
  const [count = 0, ...item] = sizes;
  const size = item.reduce((product, length) => product * length, element.size);
  if (!sizes.every((length) => length > 0) || size > 2 ** 30) {
    throw new UserError(`${source.name}: invalid sizes in its header: ${sizes.join(" × ")}`);
  }
  const items = async function* (): AsyncGenerator<Rows["values"]> {
    for (let index = 0; index < count; index++) {
      yield element.read(await reader.take(size, `${count} items of ${size} bytes`));
    }
    await reader.end(`the ${count} items of its header`);
  };
  return { sizes, items: items() };
}

/** Reads the bytes of a source in order. */
class ByteReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private held: Buffer = Buffer.alloc(0);
  private offset = 0;

  constructor(private readonly source: ByteSource) {
    this.chunks = source.bytes()[Symbol.asyncIterator]();
  }

  /** @throws UserError if fewer bytes are left */
  async take(size: number, what: string): Promise<Buffer> {
    const parts = [this.held];
    let length = this.held.length;
    while (length < size) {
      const { done, value } = await this.chunks.next();
      if (done) {
        throw new UserError(
          `${this.source.name}: cut off: it ends after ${this.offset + length} bytes, before the end of ${what}`,
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

  /** @throws UserError if bytes are left */
  async end(what: string): Promise<void> {
    const { done } = this.held.length > 0 ? { done: false } : await this.chunks.next();
    if (!done) throw new UserError(`${this.source.name}: bytes after the end of ${what}`);
  }
}
