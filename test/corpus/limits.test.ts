/** @file Input that is endless or has parts without end is one error in bounded memory. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { bufferedSource } from "../../src/corpus/sources/bufferedSource.js";
import type { ByteSource } from "../../src/corpus/sources/byteSource.js";
import { csv } from "../../src/corpus/formats/delimited.js";
import { jsonl } from "../../src/corpus/formats/jsonl.js";

async function* endless(first: string, part: Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(first);
  for (;;) yield part;
}
const source = (first: string): ByteSource => ({
  name: "it",
  bytes: () => endless(first, Buffer.alloc(1 << 22, "word ")),
});

test("pipe: one without end is an error at the limit", async () => {
  await expect(
    bufferedSource("standard input", endless("", Buffer.alloc(1000, "y\n")), { limit: 10_000 }),
  ).rejects.toThrow(/^standard input: longer than 10000 bytes, .*; write it to a file and name that$/);
});

test("pipe: random bytes are an error at once; gzip and UTF-16 are not", async () => {
  const only = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  const noise = randomBytes(1 << 16);
  noise.set([0x41, 0x42]);
  await expect(bufferedSource("/dev/urandom", only(noise))).rejects.toThrow(/^\/dev\/urandom: not text: /);
  noise.set([0x1f, 0x8b]);
  expect((await bufferedSource("it", only(noise))).name).toBe("it");
  const wide = Buffer.from("Привет, мир. ".repeat(1000), "utf16le");
  expect((await bufferedSource("it", only(wide))).name).toBe("it");
});

test("csv: a quote that is never closed is an error at 64 MiB", async () => {
  const reading = csv.open(source('text,label\ngood,a\n"bad'), {}).then(async ({ read }) => {
    for await (const _ of read());
  });
  await expect(reading).rejects.toThrow(/it:\d+: the row is longer than 64 MiB; if a quote in it is never closed/);
});

test("json: an element of an array without end is an error at 64 MiB", async () => {
  const reading = jsonl.open(source('[{"text": "'), {});
  await expect(reading).rejects.toThrow("it: an object or value of its array is longer than 64 MiB; split it");
});
