/** @file Bytes decode to the same text and lines, however they are split into chunks. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Encoding } from "../../../src/common/names.js";
import { decodingFault } from "../../../src/corpus/decoding/encodings.js";
import { decodedText, detectEncoding, goodLines, readLines } from "../../../src/corpus/decoding/textDecoding.js";
import { textOptions } from "../../../src/options/corpusOptions.js";
import type { ByteSource } from "../../../src/corpus/sources/byteSource.js";

const source = (bytes: Uint8Array, chunk: number): ByteSource => ({
  name: "it",
  bytes: async function* () {
    for (let start = 0; start < bytes.length; start += chunk) yield bytes.subarray(start, start + chunk);
  },
});

async function textOf(bytes: Uint8Array, chunk: number, encoding?: Encoding): Promise<string> {
  let text = "";
  for await (const piece of decodedText(source(bytes, chunk), encoding)) {
    text += piece;
  }
  return text;
}

async function linesOf(text: string, chunk: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of goodLines(source(Buffer.from(text), chunk))) lines.push(line);
  return lines;
}

const texts = fc
  .array(fc.constantFrom("a", "é", "€", "😀", "\r", "\n", "\r\n", "\uFEFF", " "))
  .map((parts) => parts.join(""));

test("decoding: the text does not depend on the chunks", async () => {
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 5 }), async (text, chunk) => {
      const expected = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
      expect(await textOf(Buffer.from(text), chunk, "utf-8")).toBe(expected);
    }),
  );
});

test("readLines: every line is read, with or without an ending of the last", async () => {
  expect(await linesOf("a\n\nb\r\n\nc", 2)).toEqual(["a", "", "b", "", "c"]);
  expect(await linesOf("a\n\n", 1)).toEqual(["a", ""]);
  expect(await linesOf("", 1)).toEqual([]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string()), fc.integer({ min: 1, max: 9 }), async (parts, chunk) => {
      const lines = parts.map((part) => part.replaceAll(/[\r\n\0\uFEFF]/g, "-"));
      expect(await linesOf(lines.map((line) => `${line}\n`).join(""), chunk)).toEqual(lines);
    }),
  );
});

test.each([
  ["a stray continuation", [0x61, 0x80], 2, "0x80"],
  ["a lead without continuation", [0xc3, 0xa9, 0xe2, 0x82, 0x28], 2, "0xE2"],
  ["an end within a character", [0x61, 0x62, 0xf0, 0x9f], 3, "0xF0"],
  ["an overlong form", [0x61, 0xc0, 0x80], 2, "0xC0"],
  ["half of a surrogate pair", [0x61, 0x62, 0x63, 0xed, 0xa0, 0x80], 4, "0xED"],
  ["truncated U+FFFD", [0x61, 0xef, 0xbf, 0x28], 2, "0xEF"],
])("decoding: %s is a fault with its place, for any chunks", async (_, bytes, place, byte) => {
  for (const chunk of [1, 2, 3, 100]) {
    const text = await textOf(Uint8Array.from(bytes), chunk, "utf-8");
    expect(decodingFault(text)).toBe(`undecodable byte ${byte} at character ${place}`);
  }
});

test("decoding: bytes without lines that have NUL bytes are not text", async () => {
  await expect(textOf(Uint8Array.of(0x61, 0x62, 0x63, 0, 0, 1), 100)).rejects.toThrow(
    "it: not text: NUL byte at offset 3",
  );
});

test("readLines: a damaged line is a bad row, and the lines around it are read", async () => {
  const good = Array.from({ length: 30 }, (_, index) => Buffer.from(`déjà vu ${index}\n`));
  const bad = [Buffer.from("caf\xe9\n", "latin1"), Buffer.from("a\0b\n")];
  const bytes = Buffer.concat([...good, bad[0]!, ...good, bad[1]!, ...good]);
  for (const chunk of [1, 7, 1000]) {
    const lines: unknown[] = [];
    for await (const line of readLines(source(bytes, chunk), "utf-8")) lines.push(line);
    expect(lines).toHaveLength(92);
    expect(lines.filter((line) => typeof line !== "string")).toEqual([
      { skipped: "bad", line: 31, reason: "undecodable byte 0xE9 at character 4" },
      { skipped: "bad", line: 62, reason: "not text: NUL byte at character 2" },
    ]);
  }
});

const encoded = (text: string, encoding: Encoding): Buffer => {
  if (encoding === "utf-8") return Buffer.from(text);
  if (encoding === "windows-1252") return Buffer.from(text.replaceAll("’", "\x92").replaceAll("€", "\x80"), "latin1");
  const units = Buffer.from(text, "utf16le");
  return encoding === "utf-16le" ? units : units.swap16();
};

test.each<[Encoding, string]>([
  ["utf-8", "it’s café\r\n€ 5\n"],
  ["windows-1252", "it’s café\r\n€ 5\n"],
  ["utf-16le", "it’s café\r\n😀 € 5\n"],
  ["utf-16be", "it’s café\r\n😀 € 5\n"],
  ["utf-16le", "\uFEFF你好，世界\n"],
  ["utf-16be", "\uFEFF你好，世界\n"],
  ["utf-16le", "Привет, мир\nПока\n"],
])("decoding: %s is detected, for any chunks: %j", async (encoding, text) => {
  const bytes = encoded(text, encoding);
  const expected = text.replace("\uFEFF", "").replaceAll("\r\n", "\n");
  expect(await textOf(bytes, 1000)).toBe(expected);
  expect(await detectEncoding(source(bytes, 1000))).toBe(encoding);
  for (const chunk of [1, 3, 4, 7]) expect(await textOf(bytes, chunk, encoding)).toBe(expected);
});

test("decoding: the encoding is that of the first bytes outside of ASCII, wherever they are", async () => {
  const bytes = Buffer.concat([Buffer.from("plain words\n".repeat(1000)), Buffer.from("don\x92t\n", "latin1")]);
  for (const chunk of [1, 64, 1 << 20]) {
    expect(await detectEncoding(source(bytes, chunk))).toBe("windows-1252");
    expect((await textOf(bytes, chunk)).endsWith("words\ndon’t\n")).toBe(true);
  }
  expect(await detectEncoding(source(Buffer.from("plain"), 1))).toBe("utf-8");
  const damaged = Buffer.concat([Buffer.from("déjà vu, café\n"), Buffer.of(0xe9)]);
  expect(await detectEncoding(source(damaged, 100))).toBe("utf-8");
  const late = Buffer.concat([Buffer.of(0xe9), Buffer.from(`\n${"plain\n".repeat(99)}déjà vu, café\n`)]);
  for (const chunk of [1, 64, 1 << 20]) expect(await detectEncoding(source(late, chunk))).toBe("utf-8");
});

test("decoding: windows-1252 has no control characters", async () => {
  const all = await textOf(
    Uint8Array.from({ length: 128 }, (_, at) => 128 + at),
    5,
    "windows-1252",
  );
  expect(all).not.toMatch(/[\u0080-\u009F]/);
  expect(all.slice(0, 6)).toBe("€\uDC81‚ƒ„…");
  expect(decodingFault(all)).toBe("undecodable byte 0x81 at character 2");
  expect(all.slice(32)).toBe(Buffer.from(Array.from({ length: 96 }, (_, at) => 160 + at)).toString("latin1"));
});

test("--encoding: other names of an encoding are accepted", () => {
  const { parse } = textOptions.encoding;
  expect(["latin1", "iso-8859-1", "cp1252", "utf-16", "auto"].map(parse)).toEqual([
    "windows-1252",
    "windows-1252",
    "windows-1252",
    "utf-16le",
    "auto",
  ]);
});

test("readLines: a line longer than 64 MiB is a bad row, and the next ones are read", async () => {
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from("short\n");
    for (let chunk = 0; chunk < 9; chunk++) yield Buffer.alloc(1 << 23, "a");
    yield Buffer.from("\nlast");
  };
  const lines: unknown[] = [];
  for await (const line of readLines({ name: "it", bytes }, "utf-8")) lines.push(line);
  expect(lines).toEqual([
    "short",
    { skipped: "bad", line: 2, reason: "the line is longer than 64 MiB; split it into lines" },
    "last",
  ]);
});
