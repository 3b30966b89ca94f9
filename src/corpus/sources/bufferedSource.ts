/** @file Input that can be read only once, kept so that it can be read again: in memory, or in a file without a name if it is large. */
import { closeSync, read, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { messageOf, UserError } from "../../common/errors.js";
import { openTemporaryFile } from "../../common/temporaryFiles.js";
import { refuseBinary } from "../decoding/binaryKinds.js";
import { utf16Of } from "../decoding/encodings.js";
import { type ByteSource, chunkBytes, gzipMark } from "./byteSource.js";
import { reportReading } from "./readingProgress.js";

/** Sizes are in bytes. */
export type BufferOptions = {
  /** Longer input is kept in a file. Default: 64 MiB. */
  inMemory?: number;
  /** Longer input is refused. Default: 16 GiB, and not more than half of the free space in the folder. */
  limit?: number;
  /** Of the file. Default: the system's folder for temporary files. */
  folder?: string;
};

/**
 * Reads a stream to its end and keeps it, because standard input can be read only once.
 * @throws UserError for a longer stream than the limit, which may be endless, and if a file cannot be written
 */
export async function bufferedSource(
  name: string,
  input: AsyncIterable<Uint8Array>,
  { inMemory = 2 ** 26, limit = 2 ** 34, folder = tmpdir() }: BufferOptions = {},
): Promise<ByteSource> {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  let largest = limit;
  let file: InputFile | null = null;
  try {
    for await (const chunk of input) {
      if (bytes === 0) refuseNoise(name, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      bytes += chunk.length;
      if (bytes > largest) throw tooLong(name, largest, folder);
      if (file) file.append(chunk);
      else chunks.push(chunk);
      if (file || bytes <= inMemory) continue;
      file = new InputFile(name, folder);
      for (const kept of chunks) file.append(kept);
      chunks = [];
      largest = Math.min(limit, bytes + file.room);
    }
  } catch (error) {
    file?.close();
    throw error;
  }
  const kept = file;
  return {
    name,
    bytes: kept
      ? () => kept.chunks()
      : async function* () {
          yield* chunks;
        },
  };
}

function tooLong(name: string, limit: number, folder: string): UserError {
  const size = limit >= 2 ** 20 ? `${Math.floor(limit / 2 ** 20)} MiB` : `${limit} bytes`;
  return new UserError(
    `${name}: longer than ${size}, which is as much of a pipe or device as is kept in ${folder}; write it to a file and name that`,
  );
}

const readAt = promisify(read);

/** Closes the file of an input that nothing refers to anymore. */
const forgotten = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/** The bytes of an input in a file without a name. */
class InputFile {
  private readonly descriptor: number;
  private length = 0;

  /** @throws UserError if it cannot be made */
  constructor(
    private readonly name: string,
    private readonly folder: string,
  ) {
    this.descriptor = openTemporaryFile(folder, "input");
    forgotten.register(this, this.descriptor, this);
  }

  /** Half of the free space, because the tokens need some too. */
  get room(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return (bavail * bsize) / 2;
  }

  /** @throws UserError if it cannot be written */
  append(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at);
    } catch (error) {
      throw new UserError(
        `could not keep ${this.name} in ${this.folder}: ${messageOf(error)}; set TMPDIR to a folder with more space`,
        { cause: error },
      );
    }
    this.length += bytes.length;
  }

  /** From the start. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.length;) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, this.length - at));
      const { bytesRead } = await readAt(this.descriptor, chunk, 0, chunk.length, at);
      if (bytesRead === 0) throw new UserError(`${this.name}: its copy in ${this.folder} was cut off; start again`);
      at += bytesRead;
      reportReading({ name: this.name, read: at, total: this.length });
      yield chunk.subarray(0, bytesRead);
    }
  }

  close(): void {
    forgotten.unregister(this);
    closeSync(this.descriptor);
  }
}

const noiseBytes = 4096;
const nulBytes = 1024;

/** @throws UserError for first bytes that are those of an endless device: only NUL; or random, neither text nor gzip nor IDX nor a known kind of file */
function refuseNoise(name: string, first: Buffer): void {
  if (first.length >= nulBytes && first.every((byte) => byte === 0))
    throw new UserError(`${name}: not text: only NUL bytes; name a text file`);
  const sample = first.subarray(0, noiseBytes);
  if (sample.length < noiseBytes || sample.subarray(0, 2).equals(gzipMark) || sample.readUInt16BE(0) === 0) return;
  refuseBinary(name, first);
  if (!sample.includes(0) || new Set(sample).size < 256 || utf16Of(sample) !== undefined) return;
  throw new UserError(`${name}: not text: bytes of every value, as of a random device; name a text file`);
}
