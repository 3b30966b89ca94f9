/** @file The lines of a text with the bytes that they are stored in. */
import { isUtf8 } from "node:buffer";
import { UserError } from "../../common/errors.js";
import type { Encoding, EncodingOption } from "../../common/names.js";
import type { ByteSource } from "../sources/byteSource.js";
import { validLength } from "../decoding/encodings.js";
import { Utf8Bytes } from "../decoding/utf8Bytes.js";

/** Bytes of a source as UTF-8, with their line end, and how they are stored. */
export type Stored = {
  bytes: Buffer;
  encoding: Encoding;
  /** Why they are not text. */
  damage?: string;
};

export const noBytes: Stored = { bytes: Buffer.alloc(0), encoding: "utf-8" };

const newline = 0x0a;
const maxLineBytes = 2 ** 26;

/** All lines, also empty ones. @throws UserError for a line of more than 64 MiB */
export async function* storedLines(source: ByteSource, encoding: EncodingOption = "auto"): AsyncGenerator<Stored> {
  const utf8 = new Utf8Bytes(source, encoding);
  let parts: Buffer[] = [];
  let kept = 0;
  let number = 1;
  const line = (): Stored => {
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    [parts, kept] = [[], 0];
    number++;
    return stored(bytes, utf8.encoding, "line");
  };
  for await (const chunk of utf8.chunks()) {
    let at = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
      parts.push(chunk.subarray(at, end + 1));
      at = end + 1;
      yield line();
    }
    if (at < chunk.length) parts.push(chunk.subarray(at));
    kept += chunk.length - at;
    if (kept > maxLineBytes)
      throw new UserError(`${source.name}:${number}: the line is longer than 64 MiB; split it into lines`);
  }
  if (parts.length > 0) yield line();
}

/** Bytes that windows-1252 does not define. */
export const undefined1252 = /[\u0080-\u009F]/;

/** @param what the bytes are, for the reason why they are not text */
export function stored(bytes: Buffer, encoding: Encoding, what: "line" | "row"): Stored {
  const nul = bytes.indexOf(0);
  if (nul !== -1) return { bytes, encoding, damage: `not text: NUL byte at byte ${nul + 1} of the ${what}` };
  if (encoding === "windows-1252") {
    const text = bytes.toString();
    const found = text.search(undefined1252);
    if (found === -1) return { bytes, encoding };
    const byte = text.charCodeAt(found).toString(16).toUpperCase();
    return { bytes, encoding, damage: `undecodable byte 0x${byte} at byte ${found + 1} of the ${what}` };
  }
  if (isUtf8(bytes)) return { bytes, encoding };
  const at = validLength(bytes);
  if (encoding.startsWith("utf-16")) {
    const character = bytes.subarray(0, at).toString().length + 1;
    return { bytes, encoding, damage: `half of a character in UTF-16 at character ${character} of the ${what}` };
  }
  const byte = bytes[at]!.toString(16).toUpperCase();
  return { bytes, encoding, damage: `not UTF-8: byte 0x${byte} at byte ${at + 1} of the ${what}` };
}
