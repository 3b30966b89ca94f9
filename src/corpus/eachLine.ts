/** @file The lines of a source one by one: a line that cannot be decoded or is too long does not end the reading, and memory is bounded. */
import { isUtf8 } from "node:buffer";
import { UserError } from "../common/errors.js";
import type { Encoding, EncodingOption } from "../common/names.js";
import { type ByteSource, resumedSource } from "./sources/byteSource.js";
import type { SkippedRow } from "./document.js";
import {
  byteEncodingOf,
  decoders,
  decodingFault,
  incompleteTails,
  utf16Of,
  validLength,
} from "./decoding/encodings.js";
import { decodedText } from "./decoding/textDecoding.js";

export type LineLimit = {
  /** The bytes of a line that are kept in memory. */
  bytes: number;
  /** Whether a longer line is cut there; else it is skipped. */
  cut: boolean;
};

/** A line of so many NUL bytes has no end. */
const endlessBytes = 2 ** 26;

const newline = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = "\uFEFF";

/**
 * The lines of a source without their line endings, including empty ones; the last one may lack its ending. A line that is not text in the
 * encoding, or is longer than the limit, is a skipped row.
 * @param encoding auto: as `decodedText` detects it
 * @param onEncoding called with an encoding that is detected and is not UTF-8
 * @throws UserError for a source that cannot be read, and for one that goes on with NUL bytes, as a device does
 */
export async function* eachLine(...given: Parameters<typeof lineGroups>): AsyncGenerator<string | SkippedRow> {
  for await (const group of lineGroups(...given)) for (const line of group) yield line;
}

/** `eachLine` with the lines that arrive together. */
export async function* lineGroups(
  source: ByteSource,
  encoding: EncodingOption = "auto",
  limit: LineLimit,
  onEncoding?: (encoding: Encoding) => void,
): AsyncGenerator<(string | SkippedRow)[]> {
  const known = new KnownEncoding(encoding);
  const lines = new LineBytes(limit, known);
  const chunks = source.bytes()[Symbol.asyncIterator]();
  try {
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
      const isNew = known.encoding === undefined;
      known.read(chunk);
      if (isNew && known.encoding !== undefined && known.encoding !== "utf-8") onEncoding?.(known.encoding);
      if (known.encoding?.startsWith("utf-16")) {
        yield* lineGroups(asUtf8(resumedSource(source.name, chunk, chunks), known.encoding), "utf-8", limit);
        return;
      }
      const group = [...lines.read(chunk)];
      if (group.length > 0) yield group;
      if (lines.isEndless) throw new UserError(`${source.name}: not text: only NUL bytes; name a text file`);
    }
    yield [...lines.end()];
  } finally {
    await chunks.return?.();
  }
}

/** The encoding of a source, found by its first bytes that are not ASCII. */
export class KnownEncoding {
  encoding: Encoding | undefined;
  private started = false;
  private tail = Buffer.alloc(0); // part of a character

  constructor(option: EncodingOption) {
    this.encoding = option === "auto" ? undefined : option;
  }

  read(chunk: Buffer): void {
    if (this.encoding !== undefined) return;
    if (!this.started) this.encoding = utf16Of(chunk);
    this.started = true;
    const bytes = Buffer.concat([this.tail, chunk]);
    const end = bytes.length - incompleteTails["utf-8"](bytes);
    this.tail = bytes.subarray(end);
    this.encoding ??= byteEncodingOf(bytes.subarray(0, end));
  }
}

/** The bytes of a line whose end is not read yet, up to the limit. */
class LineBytes {
  private parts: Buffer[] = [];
  private kept = 0;
  private whole = 0;
  private number = 0;
  private nulBytes = 0; // before the first other byte

  constructor(
    private readonly limit: LineLimit,
    private readonly known: KnownEncoding,
  ) {}

  /** The lines that end in a chunk. */
  *read(chunk: Buffer): Generator<string | SkippedRow> {
    const end = chunk.lastIndexOf(newline) + 1;
    const isShort = end > 0 && this.whole + end <= this.limit.bytes;
    const lines = isShort ? linesOf(Buffer.concat([...this.parts, chunk.subarray(0, end)]), this.encoding) : undefined;
    let at = 0;
    if (lines) {
      this.take();
      if (this.number === 0) lines[0] = unmarked(lines[0]!);
      this.number += lines.length;
      yield* lines;
      at = end;
    }
    for (let ending = chunk.indexOf(newline, at); ending !== -1; ending = chunk.indexOf(newline, at)) {
      this.add(chunk.subarray(at, ending));
      at = ending + 1;
      yield this.finished(true);
    }
    this.add(chunk.subarray(at));
  }

  /** The last line, if it lacks its ending. */
  *end(): Generator<string | SkippedRow> {
    if (this.whole > 0) yield this.finished(false);
  }

  get isEndless(): boolean {
    return this.nulBytes > endlessBytes;
  }

  private get encoding(): Encoding {
    return this.known.encoding ?? "utf-8"; // ASCII so far
  }

  private add(bytes: Buffer): void {
    if (this.nulBytes === this.whole && bytes[0] === 0 && bytes.every((byte) => byte === 0))
      this.nulBytes += bytes.length;
    this.whole += bytes.length;
    const rest = bytes.subarray(0, this.limit.bytes - this.kept);
    if (rest.length > 0) this.parts.push(rest);
    this.kept += rest.length;
  }

  private take(): Buffer {
    const line = Buffer.concat(this.parts);
    [this.parts, this.kept, this.whole, this.nulBytes] = [[], 0, 0, 0];
    return line;
  }

  private finished(hasEnding: boolean): string | SkippedRow {
    const { limit, encoding } = this;
    const isCut = this.whole > limit.bytes;
    const bytes = this.take();
    const number = ++this.number;
    if (isCut && !limit.cut) return bad(number, `longer than ${limit.bytes / 2 ** 20} MiB; split the line`);
    const ends = hasEnding && !isCut && bytes.at(-1) === carriageReturn;
    return textOf(ends ? bytes.subarray(0, -1) : bytes, { number, encoding, isCut });
  }
}

/** The lines of a block that ends with a line ending; undefined if one of them is not text. */
function linesOf(block: Buffer, encoding: Encoding): string[] | undefined {
  if (block.includes(0) || (encoding === "utf-8" && !isUtf8(block))) return undefined;
  const text = decoders[encoding](block);
  if (!text.isWellFormed()) return undefined;
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  lines.pop();
  return lines;
}

type LineDecoding = { number: number; encoding: Encoding; isCut: boolean };

function textOf(bytes: Buffer, { number, encoding, isCut }: LineDecoding): string | SkippedRow {
  const nul = bytes.indexOf(0);
  if (nul !== -1) return bad(number, `not text: NUL byte at byte ${nul + 1} of the line`);
  const text = decoders[encoding](bytes);
  if (encoding !== "utf-8" || isUtf8(bytes)) {
    const reason = decodingFault(text);
    if (reason !== undefined) return bad(number, reason);
    return number === 1 ? unmarked(text) : text;
  }
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
