/** @file A growing sequence of numbers in a file, read at any place through a few pages in memory. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { messageOf, UserError } from "../common/errors.js";
import { openTemporaryFile } from "../common/temporaryFiles.js";
import { type ElementType, type Storage, unkept, type ValueArray, type ValueStore } from "./tokenStore.js";

/** Stores in files of a folder, which have no name: the system removes them at the end of the process, however it ends. */
export const inFiles = (folder: string): Storage => ({
  ...unkept,
  store: (_, type) => FileValues.temporary(folder, type),
});

const pageBytes = 1 << 14;
const maxPages = 1 << 10;
const bufferBytes = 1 << 20; // written at once

/** Closes the file of a store that nothing refers to anymore. */
const forgotten = new FinalizationRegistry<{ descriptor: number | null }>(close);

function close(file: { descriptor: number | null }): void {
  if (file.descriptor !== null) closeSync(file.descriptor);
  file.descriptor = null;
}

/** Values have the byte order of the machine. `slice` returns copies. */
export class FileValues<Values extends ValueArray> implements ValueStore<Values> {
  private readonly file: { descriptor: number | null };
  private readonly pages = new Map<number, Values>(); // the least recently used first
  private readonly perPage: number;
  private readonly buffer: Values; // the last values, which are not in the file yet
  private buffered = 0;
  private written = 0;

  /** @param path for messages */
  private constructor(
    private readonly path: string,
    descriptor: number,
    readonly type: ElementType<Values>,
    writable: boolean,
  ) {
    this.file = { descriptor };
    this.perPage = pageBytes / type.BYTES_PER_ELEMENT;
    this.buffer = new type(writable ? bufferBytes / type.BYTES_PER_ELEMENT : 0);
    if (!writable) this.written = fstatSync(descriptor).size / type.BYTES_PER_ELEMENT;
    forgotten.register(this, this.file, this);
  }

  /** A new store in a file without a name. @throws UserError if the folder cannot be written */
  static temporary<Stored extends ValueArray>(folder: string, type: ElementType<Stored>): FileValues<Stored> {
    return new FileValues(folder, openTemporaryFile(folder, "tokens"), type, true);
  }

  /** A new store in a file of a name. */
  static create<Stored extends ValueArray>(path: string, type: ElementType<Stored>): FileValues<Stored> {
    return new FileValues(path, openSync(path, "wx+"), type, true);
  }

  /** A store that was written before. */
  static open<Stored extends ValueArray>(path: string, type: ElementType<Stored>): FileValues<Stored> {
    return new FileValues(path, openSync(path, "r"), type, false);
  }

  get length(): number {
    return this.written + this.buffered;
  }

  push(values: ArrayLike<number>): void {
    const room = this.buffer.length - this.buffered;
    if (values.length > room) {
      this.flush();
      if (values.length > this.buffer.length) {
        const typed = new this.type(values.length);
        typed.set(values);
        this.append(typed);
        return;
      }
    }
    this.buffer.set(values, this.buffered);
    this.buffered += values.length;
  }

  slice(start: number, end: number): Values {
    if (this.buffered > 0) this.flush();
    const last = Math.min(end, this.written);
    const values = new this.type(Math.max(0, last - start));
    if (values.length > this.perPage) {
      this.read(values, start);
      return values;
    }
    for (let at = start; at < last;) {
      const number = Math.floor(at / this.perPage);
      const first = number * this.perPage;
      const stop = Math.min(last, first + this.perPage);
      values.set(this.page(number).subarray(at - first, stop - first), at - start);
      at = stop;
    }
    return values;
  }

  /** Writes what is in memory only. @throws UserError if the file cannot be written */
  flush(): void {
    this.append(this.buffer.subarray(0, this.buffered) as Values);
    this.buffered = 0;
  }

  dispose(): void {
    forgotten.unregister(this);
    close(this.file);
    this.pages.clear();
  }

  private append(values: Values): void {
    const bytes = bytesOf(values);
    const offset = this.written * this.type.BYTES_PER_ELEMENT;
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at, bytes.length - at, offset + at);
    } catch (error) {
      throw new UserError(
        `could not write the tokens to ${this.path}: ${messageOf(error)}; name a folder with more space with --token-cache`,
        { cause: error },
      );
    }
    this.written += values.length;
    this.pages.clear();
  }

  private page(number: number): Values {
    let page = this.pages.get(number);
    if (page) this.pages.delete(number);
    else {
      const first = number * this.perPage;
      page = new this.type(Math.min(this.perPage, this.written - first));
      this.read(page, first);
      if (this.pages.size >= maxPages) this.pages.delete(this.pages.keys().next().value!);
    }
    this.pages.set(number, page);
    return page;
  }

  private read(values: Values, start: number): void {
    const bytes = bytesOf(values);
    const offset = start * this.type.BYTES_PER_ELEMENT;
    for (let at = 0; at < bytes.length;) {
      const read = readSync(this.descriptor, bytes, at, bytes.length - at, offset + at);
      if (read === 0) throw new UserError(`${this.path} was cut off while it was read; start again`);
      at += read;
    }
  }

  private get descriptor(): number {
    if (this.file.descriptor === null) throw new TypeError("the store is disposed");
    return this.file.descriptor;
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ValueArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
