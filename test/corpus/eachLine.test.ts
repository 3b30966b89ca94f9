/** @file Lines of a source of which some cannot be decoded or are too long. */
import { expect, test } from "vitest";
import { eachLine } from "../../src/corpus/eachLine.js";

const limit = { bytes: 20, cut: false };
const textOf = (chunks: readonly Uint8Array[]) => ({
  name: "chunks",
  bytes: async function* () {
    yield* chunks;
  },
});

/** The lines of bytes, the same for every size of the chunks in which they arrive. */
async function linesIn(bytes: Uint8Array, cut = false): Promise<string[]> {
  const results: string[][] = [];
  for (const size of [1, 2, 3, 5, 8, 1000]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    const lines: string[] = [];
    for await (const line of eachLine(textOf(chunks), "utf-8", { ...limit, cut }))
      lines.push(typeof line === "string" ? line : `${line.line}: ${line.reason}`);
    results.push(lines);
  }
  for (const lines of results) expect(lines).toEqual(results[0]);
  return results[0]!;
}

test("eachLine: line endings, empty lines, a byte-order mark and a last line without ending", async () => {
  expect(await linesIn(Buffer.from("\uFEFFwarm\r\n\ncold \u{1F98A}\r\nend"))).toEqual([
    "warm",
    "",
    "cold \u{1F98A}",
    "end",
  ]);
  expect(await linesIn(Buffer.from(""))).toEqual([]);
  expect(await linesIn(Buffer.from("one\n"))).toEqual(["one"]);
});

test("eachLine: a line with bytes that are not text gives its reason, and the lines around it are read", async () => {
  const bytes = Buffer.concat([
    Buffer.from("good\ncaf"),
    Buffer.from([0xe9]),
    Buffer.from(" \uFFFD\nfine\nno\0text\nlast"),
  ]);
  expect(await linesIn(bytes)).toEqual([
    "good",
    "2: not UTF-8: byte 0xE9 at byte 4 of the line",
    "fine",
    "4: not text: NUL byte at byte 3 of the line",
    "last",
  ]);
});

test("eachLine: a line over the limit is skipped or cut between two characters", async () => {
  const bytes = Buffer.from(`short\n${"a".repeat(19)}éé\nnext\n${"b".repeat(50)}`);
  const skipped = await linesIn(bytes);
  expect(skipped.map((line) => line.slice(0, 14))).toEqual(["short", "2: longer than", "next", "4: longer than"]);
  expect(await linesIn(bytes, true)).toEqual(["short", "a".repeat(19), "next", "b".repeat(20)]);
});

test("eachLine: UTF-16 and windows-1252 are detected, as in a corpus", async () => {
  const linesOf = async (bytes: Uint8Array) => {
    const lines: unknown[] = [];
    for await (const line of eachLine(textOf([bytes]), "auto", limit)) lines.push(line);
    return lines;
  };
  const text = "warm\ncafé\n";
  expect(await linesOf(Buffer.from(`\uFEFF${text}`, "utf16le"))).toEqual(["warm", "café"]);
  expect(await linesOf(Buffer.from(text, "latin1"))).toEqual(["warm", "café"]);
  expect(await linesOf(Buffer.from(text))).toEqual(["warm", "café"]);
});
