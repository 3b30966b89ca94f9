/** @file Bytes decode to the same text and lines, however they are split into chunks. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Encoding } from "../../src/common/names.js";
import { decodedText, readLines } from "../../src/corpus/textDecoding.js";
import type { ByteSource } from "../../src/corpus/byteSource.js";

const source = (bytes: Uint8Array, chunk: number): ByteSource => ({
  name: "it",
  bytes: async function* () {
    for (let start = 0; start < bytes.length; start += chunk) yield bytes.subarray(start, start + chunk);
  },
});

async function textOf(bytes: Uint8Array, chunk: number, encoding?: Encoding): Promise<string> {
  let text = "";
  for await (const piece of decodedText(source(bytes, chunk), encoding)) {
    expect(piece.isWellFormed()).toBe(true);
    text += piece;
  }
  return text;
}

async function linesOf(text: string, chunk: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(source(Buffer.from(text), chunk))) lines.push(line);
  return lines;
}

const texts = fc
  .array(fc.constantFrom("a", "é", "€", "😀", "\r", "\n", "\r\n", "\uFEFF", " "))
  .map((parts) => parts.join(""));

test("decoding: the text does not depend on the chunks", async () => {
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 5 }), async (text, chunk) => {
      const expected = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
      expect(await textOf(Buffer.from(text), chunk)).toBe(expected);
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
  ["a stray continuation", [0x61, 0x80], 1, "0x80"],
  ["a lead without continuation", [0xc3, 0xa9, 0xe2, 0x82, 0x28], 2, "0xE2"],
  ["an end within a character", [0x61, 0x62, 0xf0, 0x9f], 2, "0xF0"],
  ["an overlong form", [0x61, 0xc0, 0x80], 1, "0xC0"],
  ["half of a surrogate pair", [0x61, 0x62, 0x63, 0xed, 0xa0, 0x80], 3, "0xED"],
  ["truncated U+FFFD", [0x61, 0xef, 0xbf, 0x28], 1, "0xEF"],
])("decoding: %s is an error with its offset, for any chunks", async (_, bytes, offset, byte) => {
  for (const chunk of [1, 2, 3, 100]) {
    await expect(textOf(Uint8Array.from(bytes), chunk)).rejects.toThrow(
      `it: not UTF-8: byte ${byte} at offset ${offset};`,
    );
  }
});

test("decoding: binary files and UTF-16 are errors; Latin-1 is read with --encoding latin1", async () => {
  await expect(textOf(Uint8Array.of(0x61, 0x62, 0, 1), 1)).rejects.toThrow("it: not text: NUL byte at offset 2");
  await expect(textOf(Uint8Array.of(0xff, 0xfe, 0x61, 0x62), 10)).rejects.toThrow(
    "it: encoded as UTF-16; save it as UTF-8",
  );
  await expect(textOf(Buffer.from("\uFEFFhello", "utf16le"), 10)).rejects.toThrow(
    "it: encoded as UTF-16; save it as UTF-8",
  );
  expect(await textOf(Uint8Array.of(0x61, 0xe9, 0xfc), 1, "latin1")).toBe("aéü");
});
