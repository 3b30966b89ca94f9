/** @file Where a corpus's bytes come from: a file or standard input, gzipped or not, and what goes wrong in reading them. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { messageOf, UserError } from "../common/errors.js";

/** Bytes that can be read again and again. */
export type Source = {
  /** For messages. */
  readonly name: string;
  /** From the beginning at each call. */
  bytes: () => AsyncIterable<Uint8Array>;
};

const chunkSize = 1 << 18;

/** A file's bytes as they are stored. @throws UserError while reading, for what cannot be read */
export const fileSource = (path: string): Source => ({
  name: path,
  bytes: async function* () {
    try {
      yield* createReadStream(path, { highWaterMark: chunkSize }) as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw readingError(error, path);
    }
  },
});

/** Reads a stream to its end and keeps it, since standard input comes but once. */
export async function spooled(name: string, input: AsyncIterable<Uint8Array>): Promise<Source> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) chunks.push(chunk);
  return {
    name,
    bytes: async function* () {
      yield* chunks;
    },
  };
}

/** What a gzipped source holds. @throws UserError while reading, for what is not gzip or is cut off */
export const gunzipped = ({ name, bytes }: Source): Source => ({
  name,
  bytes: async function* () {
    const { pipeline, Readable } = await import("node:stream");
    const gunzip = createGunzip({ chunkSize });
    pipeline(Readable.from(bytes()), gunzip, () => {}); // an error reaches the loop below too
    try {
      yield* gunzip as AsyncIterable<Uint8Array>;
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${name} is not gzip, or is cut off (${messageOf(error)}): unpack it, or fetch it again`);
    }
  },
});

/** SHA-256 in hexadecimal and length of all the bytes of sources, one after the other, each under the name it is given. */
export async function digestOf(
  sources: Iterable<[label: string, source: Source]>,
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
  EISDIR: "it is a folder, and files are wanted here",
  ENOENT: "no such file or folder",
  ENOTDIR: "no such file or folder",
  EACCES: "not allowed to read it",
  EPERM: "not allowed to read it",
};

/** What a person is told when the system refuses a path; other errors as they are. */
export function readingError(error: unknown, path: string): unknown {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return error;
  return new UserError(`cannot read ${path}: ${reasons[error.code] ?? error.message}`);
}
