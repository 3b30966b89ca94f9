/** @file TensorBoard's files: records of TFRecord, each an Event in the encoding of protocol buffers. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { crc32c } from "./crc32c.js";

/** The numbers of tensorflow/core/util/event.proto and framework/summary.proto, with the kind of each field on the wire. */
const field = {
  event: { wallTime: 0x09, step: 0x10, fileVersion: 0x1a, summary: 0x2a },
  summary: { value: 0x0a },
  value: { tag: 0x0a, simpleValue: 0x15 },
};

export class EventFile {
  private readonly file: number;
  private waiting: Buffer[] = [];

  /** @throws where the folder or the file cannot be made */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const seconds = Math.floor(Date.now() / 1000);
    const name = `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${process.hrtime.bigint()}`;
    this.file = openSync(join(folder, name), "wx");
    this.add(Buffer.concat([wallTime(), block(field.event.fileVersion, Buffer.from("brain.Event:2"))]));
    this.flush();
  }

  /** @param scalars each under its tag, as in loss/training: what stands before the slash groups the charts */
  write(step: number, scalars: readonly (readonly [tag: string, value: number])[]): void {
    const values = scalars.map(([tag, value]) =>
      block(field.summary.value, Buffer.concat([block(field.value.tag, Buffer.from(tag)), simpleValue(value)])),
    );
    const summary = block(field.event.summary, Buffer.concat(values));
    this.add(Buffer.concat([wallTime(), Buffer.of(field.event.step, ...varint(step)), summary]));
  }

  /** What was written can be read by others. */
  flush(): void {
    if (this.waiting.length > 0) writeSync(this.file, Buffer.concat(this.waiting));
    this.waiting = [];
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private add(event: Buffer): void {
    this.waiting.push(record(event));
  }
}

/** A record of TFRecord: its length, that length's checksum, the content and its checksum. */
function record(content: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, maskedChecksum(length), content, maskedChecksum(content)]);
}

/** Turned and shifted, so that a checksum over what contains checksums is one. */
function maskedChecksum(content: Buffer): Buffer {
  const checksum = crc32c(content);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

/** Seven bits a byte, the lowest first; all but the last have the eighth set. */
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
