/** @file The bytes of a path: a file, or "-" for standard input. */
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { UsageError } from "../../common/errors.js";
import type { FormatName } from "../../common/names.js";
import { bufferedSource } from "./bufferedSource.js";
import { type ByteSource, decompressed, fileSource, gunzipped, readingError } from "./byteSource.js";
import { formats, isGzip } from "../formats/index.js";

/** The bytes of "-". */
export type StandardInput = () => AsyncIterable<Uint8Array>;

/** A source that can be read repeatedly: standard input and pipes are kept, in a file if they are large. */
export async function sourceOf(path: string, standardInput: StandardInput | undefined): Promise<ByteSource> {
  if (path === "-") {
    if (!standardInput) throw new UsageError("no standard input; name a file instead of -");
    return bufferedSource("standard input", standardInput());
  }
  const source = fileSource(path);
  return (await isFile(path)) ? source : bufferedSource(path, source.bytes());
}

export const isFile = async (path: string): Promise<boolean> => (await statOf(path)).isFile();

export const isFolder = async (path: string): Promise<boolean> => path !== "-" && (await statOf(path)).isDirectory();

const statOf = (path: string): Promise<Stats> =>
  stat(path).catch((error: unknown) => {
    throw readingError(error, path);
  });

/** The source, decompressed if it is gzip or if the path says so. */
export const unpacked = (path: string, stored: ByteSource): ByteSource =>
  isGzip(path) ? gunzipped(stored) : decompressed(stored);

/** The label file beside a file, if the format has label files and it exists. */
export async function labelsBeside(path: string, format: FormatName): Promise<ByteSource | undefined> {
  const beside = formats[format].labelsPath?.(path);
  if (beside === undefined || beside === path) return undefined;
  const exists = await stat(beside).then(
    (found) => found.isFile(),
    () => false,
  );
  return exists ? unpacked(beside, fileSource(beside)) : undefined;
}
