/** @file Decodes bytes as text and lines, without byte-order mark, with "\n" as the line ending. */
import { isAscii } from "node:buffer";
import { UserError } from "../../common/errors.js";
import type { Encoding, EncodingOption } from "../../common/names.js";
import { refuseBinary } from "./binaryKinds.js";
import type { ByteSource } from "../sources/byteSource.js";
import { badRow, type SkippedRow } from "../document.js";
import { byteEncodingOf, decoders, decodingFault, incompleteTails, utf16Of, utf8Counts } from "./encodings.js";

/**
 * The text of a source in chunks; no character and no "\r\n" is split. `decodingFault` finds the bytes that are no characters.
 * @param encoding auto: UTF-16 by the first bytes, else UTF-8 or windows-1252 by the first chunk that is not ASCII
 * @throws UserError for a source that is not text
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
    const decoded = decoders[used](chunk);
    if (offset === 0) refuseNuls(name, decoded, used);
    const text = carriageReturn + decoded;
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

/** As many characters outside of ASCII are enough to know the encoding. */
const enoughCharacters = 10_000;

/** The encoding of a source by its first bytes that are not ASCII, or by many of them if some are not UTF-8; UTF-8 for a text of ASCII. */
export async function detectEncoding({ bytes }: ByteSource): Promise<Encoding> {
  let first = true;
  let rest = Buffer.alloc(0);
  const counts = { valid: 0, invalid: 0 };
  const count = (some: Buffer): void => {
    if (isAscii(some)) return;
    const { valid, invalid } = utf8Counts(some);
    counts.valid += valid;
    counts.invalid += invalid;
  };
  for await (const chunk of bytes()) {
    const all = Buffer.concat([rest, chunk]);
    if (first && isStart(all, 0, undefined)) {
      rest = all;
      continue;
    }
    const utf16 = first ? utf16Of(all) : undefined;
    if (utf16) return utf16;
    first = false;
    const whole = withoutTail(all);
    count(whole);
    if (counts.invalid === 0 ? counts.valid > 0 : counts.valid + counts.invalid > enoughCharacters) break;
    rest = all.subarray(whole.length);
  }
  const utf16 = first ? utf16Of(rest) : undefined;
  if (utf16) return utf16;
  if (counts.invalid > 0 || counts.valid === 0) count(rest);
  return counts.invalid === 0 || counts.valid > counts.invalid ? "utf-8" : "windows-1252";
}

const withoutTail = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length - incompleteTails["utf-8"](bytes));

/** Whether more bytes are needed to recognize UTF-16. A short line is enough, because no more may follow on a terminal. */
const isStart = (bytes: Buffer, offset: number, known: Encoding | undefined): boolean =>
  offset === 0 && known === undefined && bytes.length < 4 && bytes.at(-1) !== 0x0a;

const tailEncoding = (bytes: Buffer, offset: number, known: Encoding | undefined): Encoding =>
  known ?? (offset === 0 ? utf16Of(bytes) : undefined) ?? "utf-8";

/** The share of lines with NUL bytes in the first chunk, above which it is not text; a few are faults of their lines. */
const maxNulLines = 0.1;

/** @throws UserError for a text that has many NUL bytes */
function refuseNuls(name: string, first: string, encoding: Encoding): void {
  const at = first.indexOf("\0");
  if (at === -1) return;
  const lines = first.split("\n");
  if (lines.filter((line) => line.includes("\0")).length <= maxNulLines * lines.length) return;
  const before = first.slice(0, at);
  const offset = encoding === "utf-8" ? Buffer.byteLength(before) : at * (encoding.startsWith("utf-16") ? 2 : 1);
  throw new UserError(`${name}: not text: NUL byte at offset ${offset}; name a text file`);
}

/** In UTF-16 code units; far below the longest string. */
const maxLineLength = 1 << 26;

/**
 * The lines of a source without their line endings, including empty ones; the last one may lack its ending. A line that is longer than 64 MiB
 * or has a byte that is no character is a bad row.
 * @throws UserError as `decodedText`
 */
export async function* readLines(source: ByteSource, encoding?: EncodingOption): AsyncGenerator<string | SkippedRow> {
  let rest = "";
  let ended = 0;
  let isTooLong = false; // the rest of the line is dropped
  let hasFault = false; // in the rest or the chunk
  for await (const text of decodedText(source, encoding)) {
    hasFault ||= decodingFault(text) !== undefined;
    const lines = text.split("\n");
    lines[0] = rest + lines[0]!;
    rest = lines.pop()!;
    for (const line of lines) {
      ended++;
      if (isTooLong) yield tooLong(ended);
      else yield hasFault ? checkedLine(line, ended) : line;
      isTooLong = false;
    }
    hasFault &&= decodingFault(rest) !== undefined;
    if (rest.length <= maxLineLength) continue;
    isTooLong = true;
    rest = "";
  }
  if (isTooLong) yield tooLong(ended + 1);
  else if (rest !== "") yield hasFault ? checkedLine(rest, ended + 1) : rest;
}

function checkedLine(text: string, line: number): string | SkippedRow {
  const reason = decodingFault(text);
  return reason === undefined ? text : { skipped: "bad", line, reason };
}

const tooLong = (line: number): SkippedRow => ({
  skipped: "bad",
  line,
  reason: "the line is longer than 64 MiB; split it into lines",
});

/** The lines of a source that must all be good. @throws UserError for the first bad one */
export async function* goodLines(source: ByteSource, encoding?: EncodingOption): AsyncGenerator<string> {
  for await (const line of readLines(source, encoding)) {
    if (typeof line !== "string") throw badRow(source.name, line);
    yield line;
  }
}
