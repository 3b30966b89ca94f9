/** @file Input that can be read once is kept: a large one in a file without a name, so that memory stays bounded. */
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, expect, test } from "vitest";
import { openCorpus } from "../../../src/corpus/corpus.js";
import { bufferedSource } from "../../../src/corpus/sources/bufferedSource.js";
import type { ByteSource } from "../../../src/corpus/sources/byteSource.js";
import { showReadingWith } from "../../../src/corpus/sources/readingProgress.js";

const folder = mkdtempSync(join(tmpdir(), "rnn-buffered-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function* inChunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function textOf({ bytes }: ByteSource): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test.each([0, 3, 5, 8, 11, 100])(
  "pipe: its bytes are the same if all after %d bytes are in a file",
  async (inMemory) => {
    const source = await bufferedSource("it", inChunks("", "one", "two", "", "three"), { inMemory, folder });
    expect(await textOf(source)).toBe("onetwothree");
    const [left, right] = await Promise.all([textOf(source), textOf(source)]);
    expect([left, right]).toEqual(["onetwothree", "onetwothree"]);
    expect(readdirSync(folder)).toEqual([]); // the file has no name
  },
);

test("pipe: reading its file is shown with its size", async () => {
  const source = await bufferedSource("it", inChunks("a".repeat(600_000)), { inMemory: 10, folder });
  const shown: unknown[] = [];
  const end = showReadingWith((progress) => shown.push(progress));
  expect(await textOf(source)).toHaveLength(600_000);
  end();
  expect(shown.at(0)).toEqual({ name: "it", read: 2 ** 18, total: 600_000 });
  expect(shown.at(-1)).toEqual({ name: "it", read: 600_000, total: 600_000 });
});

test("pipe: a limit holds for a file too", async () => {
  const options = { inMemory: 4, limit: 10, folder };
  await expect(bufferedSource("it", inChunks("three", "five", "six"), options)).rejects.toThrow(
    `it: longer than 10 bytes, which is as much of a pipe or device as is kept in ${folder}; write it to a file and name that`,
  );
  expect(await textOf(await bufferedSource("it", inChunks("three", "fives"), options))).toBe("threefives");
});

test("pipe: a folder that cannot be made is one line with the next step", async () => {
  writeFileSync(join(folder, "a file"), "");
  const nowhere = join(folder, "a file", "folder");
  await expect(bufferedSource("it", inChunks("three"), { inMemory: 4, folder: nowhere })).rejects.toThrow(
    /^could not make a file for the input in .*; set TMPDIR to another folder$/,
  );
  rmSync(join(folder, "a file"));
});

test("pipe: the file of a killed process is removed at the next start", async () => {
  const left = join(folder, "rnn-input-left");
  writeFileSync(left, "bytes");
  utimesSync(left, 1, 1);
  await bufferedSource("it", inChunks("three"), { inMemory: 4, folder });
  expect(existsSync(left)).toBe(false);
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("pipe: one of 160 MiB takes the memory of its first 64", async () => {
  let most = 0;
  const blocks = async function* () {
    for (let block = 0; block < 160; block++) {
      if (block % 20 === 0) {
        collectGarbage();
        most = Math.max(most, memoryUsage().arrayBuffers);
      }
      yield Buffer.alloc(2 ** 20, "word ");
    }
  };
  const before = memoryUsage().arrayBuffers;
  const { bytes } = await bufferedSource("it", blocks(), { folder });
  let total = 0;
  for await (const chunk of bytes()) total += chunk.length;
  expect(total).toBe(160 * 2 ** 20);
  expect((most - before) / 2 ** 20).toBeLessThan(80);
});

test("pipe: a table that is kept in a file has the documents of its rows", async () => {
  const long = "fox ".repeat(2 ** 14);
  const corpus = await openCorpus("-", {
    standardInput: async function* () {
      yield Buffer.from("text,label\n");
      for (let row = 0; row < 1100; row++) yield Buffer.from(`"the ""${row}"" ${long}",${row % 2 ? "yes" : "no"}\n`);
    },
  });
  expect(corpus.bytes).toBeGreaterThan(2 ** 26);
  let row = 0;
  for await (const { text, label } of corpus.read()) {
    const expected = `the "${row}" ${long}`;
    if (text !== expected || label !== (row % 2 ? "yes" : "no")) throw new Error(`row ${row} differs`);
    row++;
  }
  expect(row).toBe(1100);
});
