/** @file IDX files from plain numbers. */

const types = {
  ubyte: { code: 0x08, size: 1, write: (to: Buffer, value: number, at: number) => to.writeUInt8(value, at) },
  byte: { code: 0x09, size: 1, write: (to: Buffer, value: number, at: number) => to.writeInt8(value, at) },
  short: { code: 0x0b, size: 2, write: (to: Buffer, value: number, at: number) => to.writeInt16BE(value, at) },
  int: { code: 0x0c, size: 4, write: (to: Buffer, value: number, at: number) => to.writeInt32BE(value, at) },
  float: { code: 0x0d, size: 4, write: (to: Buffer, value: number, at: number) => to.writeFloatBE(value, at) },
  double: { code: 0x0e, size: 8, write: (to: Buffer, value: number, at: number) => to.writeDoubleBE(value, at) },
};

/** @param sizes the length of each dimension @param values all elements, row by row */
export function idxOf(type: keyof typeof types, sizes: readonly number[], values: readonly number[]): Buffer {
  const { code, size, write } = types[type];
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, code, sizes.length]);
  for (const [index, length] of sizes.entries()) header.writeUInt32BE(length, 4 + 4 * index);
  const elements = Buffer.alloc(size * values.length);
  for (const [index, value] of values.entries()) write(elements, value, index * size);
  return Buffer.concat([header, elements]);
}
