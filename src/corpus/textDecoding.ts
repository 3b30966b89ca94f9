/** @file Decodes bytes as text and lines, without byte-order mark, with "\n" as the line ending. */
import { isUtf8 } from "node:buffer";
import { UserError } from "../common/errors.js";
import type { Encoding, EncodingOption } from "../common/names.js";
import { refuseBinary } from "./binaryKinds.js";
import type { ByteSource } from "./byteSource.js";
import { byteEncodingOf, decoders, incompleteTails, utf16Of, validLength } from "./encodings.js";

/**
 * The text of a source in chunks; no character and no "\r\n" is split.
 * @param encoding auto: UTF-16 by the first bytes, else UTF-8 or windows-1252 by the first chunk that is not ASCII
 * @throws UserError for bytes that are invalid in the encoding and for NUL bytes, with their offset
 */
export async function* decodedText(
  { name, bytes }: ByteSource,
  encoding: EncodingOption = "auto",
): AsyncGenerator<string> {
  let known = encoding === "auto" ? undefined : encoding;
  let offset = 0;
  let rest = Buffer.alloc(0); // the first bytes of a split character
  let carriageReturn = ""; // not returned yet, because a "\n" may follow
  let started = false;
  const textOf = (chunk: Buffer): string => {
    if (offset === 0) {
      refuseBinary(name, chunk);
      known ??= utf16Of(chunk);
    }
    known ??= byteEncodingOf(chunk);
    const used = known ?? "utf-8"; // the same as windows-1252 so far
    const text = carriageReturn + checked(chunk, used, name, offset);
    offset += chunk.length;
    carriageReturn = text.endsWith("\r") ? "\r" : "";
    const whole = (carriageReturn ? text.slice(0, -1) : text).replaceAll("\r\n", "\n");
    const marked = !started && whole.startsWith("\uFEFF");
    started = true;
    return marked ? whole.slice(1) : whole;
  };

  for await (const chunk of bytes()) {
    const all = Buffer.concat([rest, chunk]);
    const end = isStart(all, offset, known) ? 0 : all.length - incompleteTails[tailEncoding(all, offset, known)](all);
    rest = all.subarray(end);
    if (end === 0) continue;
    const text = textOf(all.subarray(0, end));
    if (text !== "") yield text;
  }
  const last = (rest.length > 0 ? textOf(rest) : "") + carriageReturn;
  if (last !== "") yield last;
}

/** The encoding of a source by all bytes up to the first that are not ASCII; UTF-8 for a text of ASCII. */
export async function detectEncoding({ bytes }: ByteSource): Promise<Encoding> {
  let first = true;
  let rest = Buffer.alloc(0);
  for await (const chunk of bytes()) {
    const all = Buffer.concat([rest, chunk]);
    if (first && isStart(all, 0, undefined)) {
      rest = all;
      continue;
    }
    const found = (first ? utf16Of(all) : undefined) ?? byteEncodingOf(withoutTail(all));
    if (found) return found;
    first = false;
    rest = all.subarray(withoutTail(all).length);
  }
  return (first ? utf16Of(rest) : undefined) ?? byteEncodingOf(rest) ?? "utf-8";
}

const withoutTail = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length - incompleteTails["utf-8"](bytes));

/** Whether more bytes are needed to recognize UTF-16. A short line is enough, because no more may follow on a terminal. */
const isStart = (bytes: Buffer, offset: number, known: Encoding | undefined): boolean =>
  offset === 0 && known === undefined && bytes.length < 4 && bytes.at(-1) !== 0x0a;

const tailEncoding = (bytes: Buffer, offset: number, known: Encoding | undefined): Encoding =>
  known ?? (offset === 0 ? utf16Of(bytes) : undefined) ?? "utf-8";

/** The characters of a chunk. @throws UserError for NUL bytes and for invalid UTF-8, with the offset */
function checked(chunk: Buffer, encoding: Encoding, name: string, offset: number): string {
  if (encoding === "utf-8" && !isUtf8(chunk)) throw notUtf8(name, offset, chunk);
  const text = decoders[encoding](chunk);
  if (!text.includes("\0")) return text;
  const before = text.indexOf("\0") * (encoding.startsWith("utf-16") ? 2 : 1);
  throw notText(name, offset + (encoding === "utf-8" ? chunk.indexOf(0) : before));
}

/** In UTF-16 code units; far below the longest string. */
const maxLineLength = 1 << 26;

/**
 * The lines of a source without their line endings, including empty ones; the last one may lack its ending.
 * @throws UserError as `decodedText`
 */
export async function* readLines(source: ByteSource, encoding?: EncodingOption): AsyncGenerator<string> {
  let rest = "";
  let ended = 0;
  for await (const text of decodedText(source, encoding)) {
    const lines = text.split("\n");
    ended += lines.length - 1;
    lines[0] = rest + lines[0]!;
    rest = lines.pop()!;
    yield* lines;
    if (rest.length > maxLineLength)
      throw new UserError(`${source.name}:${ended + 1}: the line is longer than 64 MiB; split it into lines`);
  }
  if (rest !== "") yield rest;
}

function notUtf8(name: string, offset: number, chunk: Buffer): UserError {
  const at = validLength(chunk);
  const byte = chunk[at]!.toString(16).toUpperCase();
  return new UserError(
    `${name}: not UTF-8: byte 0x${byte} at offset ${offset + at}; for another encoding, add --encoding, as in --encoding windows-1252`,
  );
}

const notText = (name: string, offset: number): UserError =>
  new UserError(`${name}: not text: NUL byte at offset ${offset}; name a text file`);
