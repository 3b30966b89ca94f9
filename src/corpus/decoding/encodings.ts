/** @file The encodings of a text: which one some bytes have, and how they become characters. */
import { isAscii, isUtf8 } from "node:buffer";
import type { Encoding } from "../../common/names.js";

/** Code points of the bytes 0x80 to 0x9F in windows-1252; `escapedByte` for the five that it does not define. */
export const windows1252 = "€\uDC81‚ƒ„…†‡ˆ‰Š‹Œ\uDC8DŽ\uDC8F\uDC90‘’“”•–—˜™š›œ\uDC9DžŸ";

/** A byte that is no character, as half of a surrogate pair, which no valid text has (as Python's surrogateescape). */
const escapedByte = (byte: number): string => String.fromCharCode(0xdc00 + byte);

/**
 * The characters of bytes that hold no part of a character. `decodingFault` finds the bytes that are none.
 * windows-1252 is decoded here, because `TextDecoder` of some Node versions decodes it as ISO 8859-1.
 */
export const decoders: { [Name in Encoding]: (bytes: Buffer) => string } = {
  "utf-8": (bytes) => (isUtf8(bytes) ? bytes.toString("utf8") : escapedUtf8(bytes)),
  "utf-16le": (bytes) => bytes.toString("utf16le"),
  "utf-16be": (bytes) =>
    Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString("utf16le"),
  "windows-1252": (bytes) =>
    bytes
      .toString("latin1")
      .replaceAll(/[\u0080-\u009F]/g, (character) => windows1252[character.charCodeAt(0) - 0x80]!),
};

function escapedUtf8(bytes: Buffer): string {
  const parts: string[] = [];
  for (let begin = 0; begin < bytes.length;) {
    const end = bytes.indexOf(0x0a, begin) + 1 || bytes.length;
    let line = bytes.subarray(begin, end);
    while (!isUtf8(line)) {
      const valid = validLength(line);
      parts.push(line.subarray(0, valid).toString("utf8"), escapedByte(line[valid]!));
      line = line.subarray(valid + 1);
    }
    parts.push(line.toString("utf8"));
    begin = end;
  }
  return parts.join("");
}

/** Why a decoded text or line is not text: its first NUL byte or byte that is no character in its encoding. */
export function decodingFault(text: string): string | undefined {
  if (text.isWellFormed() && !text.includes("\0")) return undefined;
  const found = /\0|\p{Cs}/u.exec(text)!;
  const code = found[0].charCodeAt(0);
  const place = `at character ${found.index + 1}`;
  if (code === 0) return `not text: NUL byte ${place}`;
  return code >= 0xdc80 && code <= 0xdcff
    ? `undecodable byte 0x${(code - 0xdc00).toString(16).toUpperCase()} ${place}`
    : `half of a character in UTF-16 ${place}`;
}

/** The number of bytes of an incomplete character at the end. */
export const incompleteTails: { [Name in Encoding]: (bytes: Uint8Array) => number } = {
  "utf-8": (bytes) => {
    for (let size = 1; size <= Math.min(3, bytes.length); size++) {
      const length = characterLength(bytes[bytes.length - size]!);
      if (length > 0) return length > size ? size : 0;
    }
    return 0;
  },
  "utf-16le": (bytes) => incompleteUnits(bytes, 1),
  "utf-16be": (bytes) => incompleteUnits(bytes, 0),
  "windows-1252": () => 0,
};

/** An odd byte, and the first half of a surrogate pair. @param high the offset of the high byte in a unit */
function incompleteUnits(bytes: Uint8Array, high: 0 | 1): number {
  const odd = bytes.length % 2;
  const last = bytes[bytes.length - odd - 2 + high] ?? 0;
  return odd + (last >= 0xd8 && last <= 0xdb ? 2 : 0);
}

/** The bytes of a character by its first byte; 0 for a byte that cannot be the first (RFC 3629, section 4). */
export function characterLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** The offset after the valid UTF-8 at the start of some bytes. */
export function validLength(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes[at]!);
    if (length === 0 || at + length > bytes.length || !isUtf8(bytes.subarray(at, at + length))) break;
    at += length;
  }
  return at;
}

const isControl = (byte: number): boolean => byte > 0 && byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d);

/** UTF-16 is recognized from this many bytes, or from all if there are fewer. */
const sampleBytes = 1 << 12;

/** The UTF-16 of the first bytes of a text: by its byte-order mark, or by the places of its NUL bytes. */
export function utf16Of(first: Buffer): Encoding | undefined {
  if (first.length < 2) return undefined;
  const mark = first.readUInt16BE(0);
  if (mark === 0xfffe) return "utf-16le";
  if (mark === 0xfeff) return "utf-16be";
  const sample = first.subarray(0, Math.min(sampleBytes, first.length & ~1));
  const nuls = [0, 0] as [number, number];
  for (let at = 0; at < sample.length; at++) if (sample[at] === 0) nuls[at % 2]!++;
  const [even, odd] = nuls;
  if (looksUtf16(sample, odd, even, "utf-16le")) return "utf-16le";
  if (looksUtf16(sample, even, odd, "utf-16be")) return "utf-16be";
  return undefined;
}

/**
 * Whether the high bytes are NUL as those of Latin letters, spaces and line feeds are, and the low bytes are not.
 * @param high the number of NUL bytes that would be high bytes
 */
function looksUtf16(sample: Buffer, high: number, low: number, encoding: Encoding): boolean {
  if (high === 0) return false;
  const whole = sample.subarray(0, sample.length - incompleteTails[encoding](sample));
  if (/[\p{Cn}\p{Co}\p{Cs}\uFFFD]|[^\P{Cc}\s]/u.test(decoders[encoding](whole))) return false;
  if (5 * low <= high && high >= 0.3 * (sample.length / 2)) return true;
  // Other scripts than Latin have few NUL bytes, and their bytes are no text of another encoding.
  return low === 0 && !(isUtf8(sample) && !sample.some(isControl));
}

/** The characters of UTF-8 outside of ASCII, and the bytes that are no part of one. @param bytes without a part of a character at the end */
export function utf8Counts(bytes: Buffer): { valid: number; invalid: number } {
  let valid = 0;
  let invalid = 0;
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes[at]!);
    if (length === 1) at++;
    else if (length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) {
      valid++;
      at += length;
    } else {
      invalid++;
      at++;
    }
  }
  return { valid, invalid };
}

/**
 * UTF-8 or windows-1252, by the bytes outside of ASCII; undefined if there are none.
 * Text that is mostly valid UTF-8 is UTF-8 with some damaged bytes.
 * @param bytes without a part of a character at the end
 */
export function byteEncodingOf(bytes: Buffer): "utf-8" | "windows-1252" | undefined {
  if (isAscii(bytes)) return undefined;
  if (isUtf8(bytes)) return "utf-8";
  const { valid, invalid } = utf8Counts(bytes);
  return valid > invalid ? "utf-8" : "windows-1252";
}
