/** @file Writes TensorBoard's event files: TFRecord records, each an Event in protocol buffer encoding. */
import { closeSync, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** Field tags (number and wire type) of tensorflow/core/util/event.proto and framework/summary.proto. */
const field = {
  event: { wallTime: 0x09, step: 0x10, fileVersion: 0x1a, summary: 0x2a },
  summary: { value: 0x0a },
  value: { tag: 0x0a, simpleValue: 0x15 },
};

export class EventFile {
  private readonly file: number;
  private pending: Buffer[] = [];

  /** @param folder one that exists @throws the error of the system if the file cannot be created */
  constructor(folder: string) {
    const seconds = Math.floor(Date.now() / 1000);
    const name = `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${process.hrtime.bigint()}`;
    this.file = openSync(join(folder, name), "wx");
    this.add(Buffer.concat([wallTime(), block(field.event.fileVersion, Buffer.from("brain.Event:2"))]));
    this.flush();
  }

  /** @param scalars by tag, as in loss/training; charts are grouped by the part before the slash */
  write(step: number, scalars: readonly (readonly [tag: string, value: number])[]): void {
    const values = scalars.map(([tag, value]) =>
      block(field.summary.value, Buffer.concat([block(field.value.tag, Buffer.from(tag)), simpleValue(value)])),
    );
    const summary = block(field.event.summary, Buffer.concat(values));
    this.add(Buffer.concat([wallTime(), Buffer.of(field.event.step, ...varint(step)), summary]));
  }

  /** Makes all written records readable by other programs. @throws the error of the system, as on a full disk */
  flush(): void {
    let rest = Buffer.concat(this.pending);
    this.pending = [];
    while (rest.length > 0) rest = rest.subarray(writeSync(this.file, rest)); // which may write a part
  }

  close(): void {
    closeSync(this.file);
  }

  private add(event: Buffer): void {
    this.pending.push(record(event));
  }
}

/** A TFRecord: length, checksum of the length, content, checksum of the content. */
function record(content: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, maskedChecksum(length), content, maskedChecksum(content)]);
}

/** TFRecord masks checksums by a rotation and a constant. */
function maskedChecksum(content: Buffer): Buffer {
  const checksum = crc32c(content);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

/** Seven bits a byte, low bits first; the eighth bit is set in all bytes except the last. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

const block = (key: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.of(key, ...varint(content.length)), content]);

function wallTime(): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = field.event.wallTime;
  bytes.writeDoubleLE(Date.now() / 1000, 1);
  return bytes;
}

function simpleValue(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = field.value.simpleValue;
  bytes.writeFloatLE(value, 1);
  return bytes;
}

/** CRC-32C (Castagnoli; RFC 3720, appendix B.4), the checksum of TFRecord, which Node lacks. */
const reversedPolynomial = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? reversedPolynomial : 0);
  return remainder;
});

/** @returns 32 bits, unsigned */
export function crc32c(bytes: Uint8Array): number {
  let checksum = 0xffffffff;
  for (const byte of bytes) checksum = (checksum >>> 8) ^ table[(checksum ^ byte) & 0xff]!;
  return ~checksum >>> 0;
}
