/** @file Decodes bytes as text and lines: UTF-8 or Latin-1, without byte-order mark, with "\n" as the line ending. */
import { isUtf8 } from "node:buffer";
import { UserError } from "../common/errors.js";
import type { Encoding } from "../common/names.js";
import type { ByteSource } from "./byteSource.js";

/**
 * The text of a source in chunks; no character and no "\r\n" is split.
 * @throws UserError for bytes that are invalid in the encoding and for NUL bytes, with their offset
 */
export async function* decodedText({ name, bytes }: ByteSource, encoding: Encoding = "utf-8"): AsyncGenerator<string> {
  let offset = 0;
  let rest = Buffer.alloc(0); // the first bytes of a split character
  let carriageReturn = ""; // not returned yet, because a "\n" may follow
  let started = false;
  const textOf = (chunk: Buffer): string => {
    if (offset === 0 && encoding === "utf-8" && isUtf16(chunk))
      throw new UserError(`${name}: encoded as UTF-16; save it as UTF-8`);
    const nul = chunk.indexOf(0);
    if (nul !== -1) throw notText(name, offset + nul);
    if (encoding === "utf-8" && !isUtf8(chunk)) throw notUtf8(name, offset, chunk);
    const text = carriageReturn + chunk.toString(encoding);
    offset += chunk.length;
    carriageReturn = text.endsWith("\r") ? "\r" : "";
    const whole = (carriageReturn ? text.slice(0, -1) : text).replaceAll("\r\n", "\n");
    const marked = !started && encoding === "utf-8" && whole.startsWith("\uFEFF");
    started = true;
    return marked ? whole.slice(1) : whole;
  };

  for await (const chunk of bytes()) {
    const all = Buffer.concat([rest, chunk]);
    const end = all.length - (encoding === "utf-8" ? incompleteTail(all) : 0);
    rest = all.subarray(end);
    if (end === 0) continue;
    const text = textOf(all.subarray(0, end));
    if (text !== "") yield text;
  }
  const last = (rest.length > 0 ? textOf(rest) : "") + carriageReturn;
  if (last !== "") yield last;
}

/**
 * The lines of a source without their line endings, including empty ones; the last one may lack its ending.
 * @throws UserError as `decodedText`
 */
export async function* readLines(source: ByteSource, encoding?: Encoding): AsyncGenerator<string> {
  let rest = "";
  for await (const text of decodedText(source, encoding)) {
    const lines = text.split("\n");
    lines[0] = rest + lines[0]!;
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** The bytes of a character by its first byte; 0 for a byte that cannot be the first (RFC 3629, section 4). */
function characterLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** The number of bytes of an incomplete character at the end. */
function incompleteTail(bytes: Uint8Array): number {
  for (let size = 1; size <= Math.min(3, bytes.length); size++) {
    const length = characterLength(bytes[bytes.length - size]!);
    if (length > 0) return length > size ? size : 0;
  }
  return 0;
}

/** By the byte-order mark, which is not valid UTF-8. */
const isUtf16 = ([first, second]: Buffer): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

function notUtf8(name: string, offset: number, chunk: Buffer): UserError {
  let at = 0;
  for (;;) {
    const length = characterLength(chunk[at]!);
    if (length === 0 || !isUtf8(chunk.subarray(at, at + length))) break;
    at += length;
  }
  const byte = chunk[at]!.toString(16).toUpperCase();
  return new UserError(
    `${name}: not UTF-8: byte 0x${byte} at offset ${offset + at}; for Latin-1, add --encoding latin1`,
  );
}

const notText = (name: string, offset: number): UserError =>
  new UserError(`${name}: not text: NUL byte at offset ${offset}; name a text file`);
