/** @file The lines of a source one by one: a line that cannot be decoded or is too long does not end the reading, and memory is bounded. */
import { isUtf8 } from "node:buffer";
import type { Encoding, EncodingOption } from "../common/names.js";
import type { ByteSource } from "./byteSource.js";
import type { SkippedRow } from "./document.js";
import { byteEncodingOf, decoders, incompleteTails, utf16Of, validLength } from "./encodings.js";
import { decodedText } from "./textDecoding.js";

export type LineLimit = {
  /** The bytes of a line that are kept in memory. */
  bytes: number;
  /** Whether a longer line is cut there; else it is skipped. */
  cut: boolean;
};

const newline = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = "\uFEFF";

/**
 * The lines of a source without their line endings, including empty ones; the last one may lack its ending. A line that is not text in the
 * encoding, or is longer than the limit, is a skipped row.
 * @param encoding auto: as `decodedText` detects it
 * @throws UserError for a source that cannot be read
 */
export async function* eachLine(
  source: ByteSource,
  encoding: EncodingOption = "auto",
  limit: LineLimit,
): AsyncGenerator<string | SkippedRow> {
  let parts: Buffer[] = []; // of a line whose end is not read yet
  let kept = 0;
  let whole = 0;
  let number = 0;
  let known = encoding === "auto" ? undefined : encoding;
  let tail = Buffer.alloc(0); // part of a character, until the encoding is known
  const add = (bytes: Buffer): void => {
    whole += bytes.length;
    const rest = bytes.subarray(0, limit.bytes - kept);
    if (rest.length > 0) parts.push(rest);
    kept += rest.length;
  };
  const take = (): Buffer => {
    const line = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    [parts, kept, whole] = [[], 0, 0];
    return line;
  };
  const finished = (hasEnding: boolean): string | SkippedRow => {
    const isCut = whole > limit.bytes;
    const bytes = take();
    number++;
    if (isCut && !limit.cut) return bad(number, `longer than ${limit.bytes / 2 ** 20} MiB; split the line`);
    const ends = hasEnding && !isCut && bytes.at(-1) === carriageReturn;
    return textOf(ends ? bytes.subarray(0, -1) : bytes, { number, encoding: known ?? "utf-8", isCut });
  };

  let started = false;
  const chunks = source.bytes()[Symbol.asyncIterator]();
  try {
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
      if (!started && chunk.length > 0) {
        started = true;
        known ??= utf16Of(chunk);
        if (known?.startsWith("utf-16"))
          return yield* eachLine(asUtf8(resumed(source.name, chunk, chunks), known), "utf-8", limit);
      }
      if (known === undefined) {
        const all = Buffer.concat([tail, chunk]);
        const end = all.length - incompleteTails["utf-8"](all);
        known = byteEncodingOf(all.subarray(0, end));
        tail = all.subarray(end);
      }
      const end = chunk.lastIndexOf(newline) + 1;
      const block = end > 0 && whole + end <= limit.bytes ? [...parts, chunk.subarray(0, end)] : [];
      const lines = block.length > 0 ? linesOf(Buffer.concat(block), known ?? "utf-8") : undefined;
      let at = 0;
      if (lines) {
        take();
        if (number === 0) lines[0] = unmarked(lines[0]!);
        number += lines.length;
        yield* lines;
        at = end;
      }
      for (let ending = chunk.indexOf(newline, at); ending !== -1; ending = chunk.indexOf(newline, at)) {
        add(chunk.subarray(at, ending));
        at = ending + 1;
        yield finished(true);
      }
      if (at < chunk.length) add(chunk.subarray(at));
    }
    if (whole > 0) yield finished(false);
  } finally {
    await chunks.return?.();
  }
}

/** The lines of a block that ends with a line ending; undefined if one of them is not text. */
function linesOf(block: Buffer, encoding: Encoding): string[] | undefined {
  if (block.includes(0) || (encoding === "utf-8" && !isUtf8(block))) return undefined;
  const lines = decoders[encoding](block).replaceAll("\r\n", "\n").split("\n");
  lines.pop();
  return lines;
}

type LineDecoding = { number: number; encoding: Encoding; isCut: boolean };

function textOf(bytes: Buffer, { number, encoding, isCut }: LineDecoding): string | SkippedRow {
  const nul = bytes.indexOf(0);
  if (nul !== -1) return bad(number, `not text: NUL byte at byte ${nul + 1} of the line`);
  const text = decoders[encoding](bytes);
  if (encoding !== "utf-8" || isUtf8(bytes)) return number === 1 ? unmarked(text) : text;
  const at = validLength(bytes);
  if (isCut && bytes.length - at < 4) return decoders[encoding](bytes.subarray(0, at)); // a character at the cut
  const byte = bytes[at]!.toString(16).toUpperCase();
  return bad(number, `not UTF-8: byte 0x${byte} at byte ${at + 1} of the line`);
}

const unmarked = (line: string): string => (line.startsWith(byteOrderMark) ? line.slice(1) : line);

const bad = (line: number, reason: string): SkippedRow => ({ skipped: "bad", line, reason });

const asUtf8 = (source: ByteSource, encoding: Encoding): ByteSource => ({
  name: source.name,
  bytes: async function* () {
    for await (const text of decodedText(source, encoding)) yield Buffer.from(text);
  },
});

/** A source of which the first chunk is read already. */
const resumed = (name: string, first: Buffer, rest: AsyncIterator<Uint8Array>): ByteSource => ({
  name,
  bytes: async function* () {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  },
});
