/** @file The encodings of a text: which one some bytes have, and how they become characters. */
import { isAscii, isUtf8 } from "node:buffer";
import type { Encoding } from "../common/names.js";

/** Code points of the bytes 0x80 to 0x9F in windows-1252; U+FFFD for the five that it does not define. */
export const windows1252 = "€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ";

/**
 * The characters of bytes that hold no part of a character. Half of a surrogate pair becomes U+FFFD.
 * windows-1252 is decoded here, because `TextDecoder` of some Node versions decodes it as ISO 8859-1.
 */
export const decoders: { [Name in Encoding]: (bytes: Buffer) => string } = {
  "utf-8": (bytes) => bytes.toString("utf8"),
  "utf-16le": (bytes) => bytes.toString("utf16le").toWellFormed(),
  "utf-16be": (bytes) =>
    Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString("utf16le")
      .toWellFormed(),
  "windows-1252": (bytes) =>
    bytes
      .toString("latin1")
      .replaceAll(/[\u0080-\u009F]/g, (character) => windows1252[character.charCodeAt(0) - 0x80]!),
};

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
  if (/[\p{Cn}\p{Co}\uFFFD]|[^\P{Cc}\s]/u.test(decoders[encoding](whole))) return false;
  if (5 * low <= high && high >= 0.3 * (sample.length / 2)) return true;
  // Other scripts than Latin have few NUL bytes, and their bytes are no text of another encoding.
  return low === 0 && !(isUtf8(sample) && !sample.some(isControl));
}

/**
 * UTF-8 or windows-1252, by the bytes outside of ASCII; undefined if there are none.
 * Text that is mostly valid UTF-8 is UTF-8 with some damaged bytes.
 * @param bytes without a part of a character at the end
 */
export function byteEncodingOf(bytes: Buffer): "utf-8" | "windows-1252" | undefined {
  if (isAscii(bytes)) return undefined;
  if (isUtf8(bytes)) return "utf-8";
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
  return valid > invalid ? "utf-8" : "windows-1252";
}
