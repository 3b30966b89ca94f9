/** @file The encodings of the files of a folder, each of which is detected, and UTF-8 with some bytes of windows-1252. */
import { isUtf8 } from "node:buffer";
import { UserError } from "../../common/errors.js";
import type { Encoding, RecordedEncoding } from "../../common/names.js";
import { refuseBinary } from "../decoding/binaryKinds.js";
import { incompleteTails, validLength, windows1252 } from "../decoding/encodings.js";
import { KnownEncoding } from "../eachLine.js";
import type { ByteSource } from "./byteSource.js";

/** The encoding of all files; mixed if they differ, or if one is UTF-8 with other bytes. Files that cannot be read do not count. */
export async function encodingOfFiles(files: Iterable<ByteSource>): Promise<RecordedEncoding> {
  const found = new Set<Encoding | "ascii" | "mixed">();
  for (const file of files) {
    try {
      found.add(await encodingOfFile(file));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    if (found.has("mixed")) return "mixed";
  }
  const isWide = found.has("utf-16le") || found.has("utf-16be");
  if (!isWide) found.delete("ascii"); // the same bytes in the other encodings
  const [encoding = "utf-8", ...others] = found;
  return others.length > 0 || encoding === "ascii" ? "mixed" : encoding;
}

/** As `decodedText` detects it. */
async function encodingOfFile({ name, bytes }: ByteSource): Promise<Encoding | "ascii" | "mixed"> {
  const known = new KnownEncoding("auto");
  let rest: Buffer | undefined; // part of a character
  for await (const { buffer, byteOffset, length } of bytes()) {
    const chunk = Buffer.from(buffer, byteOffset, length);
    if (rest === undefined) refuseBinary(name, chunk);
    known.read(chunk);
    if (known.encoding !== undefined && known.encoding !== "utf-8") return known.encoding;
    const { whole, tail } = cut(rest, chunk);
    if (!isUtf8(whole)) return "mixed";
    rest = tail;
  }
  const hasTail = rest !== undefined && rest.length > 0;
  if (known.encoding === undefined) return hasTail ? "windows-1252" : "ascii";
  return hasTail ? "mixed" : known.encoding;
}

/** The same bytes; in a file of UTF-8, a byte that is no part of a character is read as windows-1252, if that defines it. */
export const withWindowsBytes = ({ name, bytes }: ByteSource): ByteSource => ({
  name,
  bytes: async function* () {
    const known = new KnownEncoding("auto");
    let rest: Buffer = Buffer.alloc(0);
    for await (const { buffer, byteOffset, length } of bytes()) {
      const chunk = Buffer.from(buffer, byteOffset, length);
      known.read(chunk);
      if ((known.encoding ?? "utf-8") !== "utf-8") {
        yield Buffer.concat([rest, chunk]);
        rest = Buffer.alloc(0);
        continue;
      }
      const { whole, tail } = cut(rest, chunk);
      rest = tail;
      if (whole.length > 0) yield asUtf8(whole);
    }
    if (rest.length > 0) yield known.encoding === undefined ? rest : asUtf8(rest);
  },
});

function cut(rest: Buffer = Buffer.alloc(0), chunk: Buffer): { whole: Buffer; tail: Buffer } {
  const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  const end = all.length - incompleteTails["utf-8"](all);
  return { whole: all.subarray(0, end), tail: all.subarray(end) };
}

function asUtf8(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let rest = bytes;
  while (!isUtf8(rest)) {
    const valid = validLength(rest);
    parts.push(rest.subarray(0, valid), utf8Of(rest[valid]!));
    rest = rest.subarray(valid + 1);
  }
  return parts.length === 0 ? bytes : Buffer.concat([...parts, rest]);
}

/** A byte above 0x7F as a character of windows-1252; the byte itself if there is none. */
function utf8Of(byte: number): Buffer {
  const character = byte < 0xa0 ? windows1252[byte - 0x80]! : String.fromCharCode(byte);
  return character.isWellFormed() ? Buffer.from(character) : Buffer.of(byte);
}
