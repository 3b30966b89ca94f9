/** @file The bytes of a text as UTF-8 with all of its characters and line ends, and the conversion back to its encoding. */
import { isUtf8 } from "node:buffer";
import type { Encoding, EncodingOption } from "../../common/names.js";
import { refuseBinary } from "./binaryKinds.js";
import type { ByteSource } from "../sources/byteSource.js";
import { KnownEncoding } from "../eachLine.js";
import { decoders, incompleteTails, windows1252 } from "./encodings.js";

/** A text in UTF-8; bytes that are not UTF-8 stay as they are, so that a row with such bytes does not end the reading. */
export class Utf8Bytes {
  private readonly known: KnownEncoding;

  constructor(
    private readonly source: ByteSource,
    option: EncodingOption = "auto",
  ) {
    this.known = new KnownEncoding(option);
  }

  /** Of the bytes that are read so far. */
  get encoding(): Encoding {
    return this.known.encoding ?? "utf-8"; // ASCII so far
  }

  /** With the byte-order mark. No character is split between two chunks. */
  async *chunks(): AsyncGenerator<Buffer> {
    let rest: Buffer = Buffer.alloc(0); // the first bytes of a character
    for await (const { buffer, byteOffset, length } of this.source.bytes()) {
      const chunk = Buffer.from(buffer, byteOffset, length);
      this.known.read(chunk);
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = bytes.length - incompleteTails[this.encoding](bytes);
      rest = bytes.subarray(end);
      if (end > 0) yield utf8Of(bytes.subarray(0, end), this.encoding);
    }
    if (rest.length > 0) yield utf8Of(rest, this.encoding);
  }
}

/** The characters of windows-1252 by byte; a byte that it does not define is the control character of its number, so that it can be written again. */
const characters = Array.from({ length: 256 }, (_, byte) => {
  const defined = byte >= 0x80 && byte < 0xa0 ? windows1252[byte - 0x80]! : "\uDC00";
  return defined.isWellFormed() ? defined : String.fromCharCode(byte);
});
const byteOf = new Map(characters.map((character, byte) => [character, byte]));

const utf8Of = (bytes: Buffer, encoding: Encoding): Buffer => {
  if (encoding === "utf-8") return bytes;
  if (encoding !== "windows-1252") return withHalves(decoders[encoding](bytes));
  return Buffer.from(bytes.toString("latin1").replaceAll(control, (character) => characters[character.charCodeAt(0)]!));
};

/** UTF-8, in which half of a surrogate pair has three bytes as other characters have, so that it is a fault of its row and can be written again. */
function withHalves(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const parts = text.split(/(\p{Surrogate})/u);
  return Buffer.concat(
    parts.map((part) => {
      const code = part.length === 1 ? part.charCodeAt(0) : 0;
      return part.isWellFormed()
        ? Buffer.from(part)
        : Buffer.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }),
  );
}

/** The text of such bytes. */
function textWithHalves(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  const parts = bytes.toString("latin1").split(/(\u00ED[\u00A0-\u00BF][\u0080-\u00BF])/);
  return parts
    .map((part, index) => {
      const some = Buffer.from(part, "latin1");
      return index % 2 === 0
        ? some.toString()
        : String.fromCharCode(((some[0]! & 15) << 12) | ((some[1]! & 63) << 6) | (some[2]! & 63));
    })
    .join("");
}

const control = /[\u0080-\u009F]/g;

/** Writes UTF-8 in an encoding. A character that the encoding does not have becomes "?". */
export const encoders: { [Name in Encoding]: (utf8: Buffer) => Buffer } = {
  "utf-8": (utf8) => utf8,
  "utf-16le": (utf8) => Buffer.from(textWithHalves(utf8), "utf16le"),
  "utf-16be": (utf8) => Buffer.from(textWithHalves(utf8), "utf16le").swap16(),
  "windows-1252": (utf8) => Buffer.from(Array.from(utf8.toString(), (character) => byteOf.get(character) ?? 0x3f)),
};

/** The text for finding out how a source is to be read: "\n" as the line end, without byte-order mark; bytes that are not text become U+FFFD. */
export async function* sampledText(source: ByteSource, encoding?: EncodingOption): AsyncGenerator<string> {
  let carriageReturn = ""; // a "\\n" may follow
  let isFirst = true;
  for await (const chunk of new Utf8Bytes(refusingBinary(source), encoding).chunks()) {
    const text = carriageReturn + (isFirst ? chunk.toString().replace(/^\uFEFF/, "") : chunk.toString());
    isFirst = false;
    carriageReturn = text.endsWith("\r") ? "\r" : "";
    yield (carriageReturn ? text.slice(0, -1) : text).replaceAll("\r\n", "\n");
  }
  if (carriageReturn) yield carriageReturn;
}

const refusingBinary = (source: ByteSource): ByteSource => ({
  name: source.name,
  bytes: async function* () {
    let isFirst = true;
    for await (const chunk of source.bytes()) {
      if (isFirst) refuseBinary(source.name, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      isFirst = false;
      yield chunk;
    }
  },
});
