/** @file From bytes to text and lines: UTF-8 or Latin-1, without byte-order mark and with "\n" at the ends of lines. */
import { isUtf8 } from "node:buffer";
import { UserError } from "../common/errors.js";
import type { Encoding } from "../common/names.js";
import type { Source } from "./byteSource.js";

/**
 * A source's text in chunks that cut no character and no "\r\n".
 * @throws UserError for bytes that are not of the encoding, and for NUL bytes, with their offset
 */
export async function* decoded({ name, bytes }: Source, encoding: Encoding = "utf-8"): AsyncGenerator<string> {
  let offset = 0;
  let rest = Buffer.alloc(0); // a character's first bytes
  let returned = ""; // a "\r" that a "\n" may follow
  let begun = false;
  const textOf = (chunk: Buffer): string => {
    if (offset === 0 && encoding === "utf-8" && isUtf16(chunk))
      throw new UserError(`${name} is UTF-16: save it as UTF-8`);
    const nul = chunk.indexOf(0);
    if (nul !== -1) throw notText(name, offset + nul);
    if (encoding === "utf-8" && !isUtf8(chunk)) throw notUtf8(name, offset, chunk);
    const text = returned + chunk.toString(encoding);
    offset += chunk.length;
    returned = text.endsWith("\r") ? "\r" : "";
    const whole = (returned ? text.slice(0, -1) : text).replaceAll("\r\n", "\n");
    const marked = !begun && encoding === "utf-8" && whole.startsWith("\uFEFF");
    begun = true;
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
  const last = (rest.length > 0 ? textOf(rest) : "") + returned;
  if (last !== "") yield last;
}

/**
 * The lines of a source without their ends; as many as there are, empty ones too, whether or not the last has an end.
 * @throws UserError as `decoded`
 */
export async function* readLines(source: Source, encoding?: Encoding): AsyncGenerator<string> {
  let rest = "";
  for await (const text of decoded(source, encoding)) {
    const lines = text.split("\n");
    lines[0] = rest + lines[0]!;
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Bytes of the character that a first byte begins; 0 for a byte that begins none (RFC 3629, section 4). */
function characterLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** How many bytes at the end begin a character and do not finish it. */
function incompleteTail(bytes: Uint8Array): number {
  for (let size = 1; size <= Math.min(3, bytes.length); size++) {
    const length = characterLength(bytes[bytes.length - size]!);
    if (length > 0) return length > size ? size : 0;
  }
  return 0;
}

/** By its byte-order mark, which is no UTF-8. */
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
    `${name} is not UTF-8: byte 0x${byte} at offset ${offset + at}; if it is Latin-1, say --encoding latin1`,
  );
}

const notText = (name: string, offset: number): UserError =>
  new UserError(`${name} is not text: a NUL byte at offset ${offset}`);
