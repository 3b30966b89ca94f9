/** @file Sources of bytes, gzipped or not. */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { messageOf, UserError } from "../../common/errors.js";
import { reportReading } from "./readingProgress.js";

/** Bytes that can be read repeatedly. */
export type ByteSource = {
  /** For messages. */
  readonly name: string;
  /** Each call reads from the start. */
  bytes: () => AsyncIterable<Uint8Array>;
};

/** Read at once. */
export const chunkBytes = 1 << 18;

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

/** The first bytes of gzip. */
export const gzipMark = Buffer.of(0x1f, 0x8b);

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
