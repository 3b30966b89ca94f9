/** @file Castagnoli's checksum (RFC 3720, appendix B.4), which TFRecord has; Node has another one. */

const reversedPolynomial = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? reversedPolynomial : 0);
  return remainder;
});

/** 32 bits, unsigned. */
export function crc32c(bytes: Uint8Array): number {
  let checksum = 0xffffffff;
  for (const byte of bytes) checksum = (checksum >>> 8) ^ table[(checksum ^ byte) & 0xff]!;
  return ~checksum >>> 0;
}
