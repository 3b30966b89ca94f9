/** @file Sources of bytes: a file or standard input, gzipped or not. */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { messageOf, UserError } from "../../common/errors.js";
import { refuseBinary } from "../decoding/binaryKinds.js";
import { utf16Of } from "../decoding/encodings.js";
import { reportReading } from "./readingProgress.js";

/** Bytes that can be read repeatedly. */
export type ByteSource = {
  /** For messages. */
  readonly name: string;
  /** Each call reads from the start. */
  bytes: () => AsyncIterable<Uint8Array>;
};

const chunkBytes = 1 << 18;

/** The stored bytes of a file. @throws UserError while reading, if the file cannot be read */
export const fileSource = (path: string): ByteSource => ({
  name: path,
  bytes: async function* () {
    try {
      const found = await stat(path);
      const { size } = found;
      if (found.isFile() && size > 0 && size <= chunkBytes) {
        const whole = readFileSync(path); // a stream takes many times as long, which counts in a folder of small files
        reportReading({ name: path, read: whole.length, total: size });
        yield whole;
        return;
      }
      let read = 0;
      for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Uint8Array>) {
        reportReading({ name: path, read: (read += chunk.length), total: size });
        yield chunk;
      }
    } catch (error) {
      throw readingError(error, path);
    }
  },
});

/** 2 GiB, or half of the available memory if it is less: the texts and the tokens of a corpus take memory too. */
const maxBuffered = (): number => Math.min(2 ** 31, process.availableMemory() / 2);

/**
 * Reads a stream to its end and keeps it in memory, because standard input can be read only once.
 * @param limit in bytes
 * @throws UserError for a longer stream, which may be endless
 */
export async function bufferedSource(
  name: string,
  input: AsyncIterable<Uint8Array>,
  limit = maxBuffered(),
): Promise<ByteSource> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.length;
    if (bytes > limit) {
      const size = limit >= 2 ** 20 ? `${Math.floor(limit / 2 ** 20)} MiB` : `${limit} bytes`;
      throw new UserError(
        `${name}: longer than ${size}, which is as much of a pipe or device as is kept in memory; write it to a file and name that`,
      );
    }
    if (chunks.length === 0) refuseNoise(name, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    if (chunks.length === 0 && chunk.length >= 1024 && !chunk.some((byte) => byte !== 0))
      throw new UserError(`${name}: not text: only NUL bytes; name a text file`);
    chunks.push(chunk);
  }
  return {
    name,
    bytes: async function* () {
      yield* chunks;
    },
  };
}

const noiseBytes = 4096;

/** @throws UserError for first bytes that are those of a random device, which is endless: neither text nor gzip nor IDX nor a known kind of file */
function refuseNoise(name: string, first: Buffer): void {
  const sample = first.subarray(0, noiseBytes);
  if (sample.length < noiseBytes || sample.subarray(0, 2).equals(gzipMark) || sample.readUInt16BE(0) === 0) return;
  refuseBinary(name, first);
  if (!sample.includes(0) || new Set(sample).size < 256 || utf16Of(sample) !== undefined) return;
  throw new UserError(`${name}: not text: bytes of every value, as of a random device; name a text file`);
}

/** The decompressed bytes of a source. @throws UserError while reading, for a source that is not gzip or is cut off */
export const gunzipped = ({ name, bytes }: ByteSource): ByteSource => ({
  name,
  bytes: async function* () {
    const { pipeline, Readable } = await import("node:stream");
    const { createGunzip } = await import("node:zlib");
    const gunzip = createGunzip({ chunkSize: chunkBytes });
    pipeline(Readable.from(bytes()), gunzip, () => {}); // an error reaches the loop below too
    try {
      yield* gunzip as AsyncIterable<Uint8Array>;
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${name}: not gzip, or cut off (${messageOf(error)}); decompress it or download it again`);
    }
  },
});

/** The bytes of a stream whose first ones are read already; they can be read once. */
export const resumedSource = (name: string, first: Uint8Array, rest: AsyncIterator<Uint8Array>): ByteSource => ({
  name,
  bytes: async function* () {
    try {
      if (first.length > 0) yield first;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  },
});

/** The first chunk of a source that can be read once, and the whole source, which can be read once too. */
export async function peeked({ name, bytes }: ByteSource): Promise<{ first: ByteSource; source: ByteSource }> {
  const chunks = bytes()[Symbol.asyncIterator]();
  const { value } = await chunks.next();
  const first: Uint8Array = value ?? new Uint8Array();
  return {
    first: {
      name,
      bytes: async function* () {
        yield first;
      },
    },
    source: resumedSource(name, first, chunks),
  };
}

const gzipMark = Buffer.of(0x1f, 0x8b);

/** The bytes of a source, decompressed if they are gzip. @throws UserError while reading, for gzip that is cut off */
export const decompressed = (source: ByteSource): ByteSource => ({
  name: source.name,
  bytes: async function* () {
    const chunks = source.bytes()[Symbol.asyncIterator]();
    let first: Buffer = Buffer.alloc(0);
    while (first.length < gzipMark.length) {
      const { value, done } = await chunks.next();
      if (done) break;
      first =
        first.length === 0 ? Buffer.from(value.buffer, value.byteOffset, value.length) : Buffer.concat([first, value]);
    }
    const all = resumedSource(source.name, first, chunks);
    yield* (first.subarray(0, gzipMark.length).equals(gzipMark) ? gunzipped(all) : all).bytes();
  },
});

/** The SHA-256, in hexadecimal, of the labels and bytes of all sources, and the sum of their lengths. */
export async function digestOf(
  sources: Iterable<[label: string, source: ByteSource]>,
): Promise<{ digest: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for (const [label, source] of sources) {
    if (label !== "") hash.update(`${label}\0`);
    for await (const chunk of source.bytes()) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  }
  return { digest: hash.digest("hex"), bytes };
}

const reasons: Record<string, string> = {
  EISDIR: "it is a folder; name a file",
  ENOENT: "no such file or folder",
  ENOTDIR: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
};

/** The UserError for a path that the system cannot open; other errors unchanged. */
export function readingError(error: unknown, path: string): unknown {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return error;
  return new UserError(`could not read ${path}: ${reasons[error.code] ?? error.message}`);
}
