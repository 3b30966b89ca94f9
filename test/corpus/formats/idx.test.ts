/** @file IDX files: elements of every type; errors have the file. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { UserError } from "../../../src/common/errors.js";
import { type OpenOptions, openCorpus } from "../../../src/corpus/corpus.js";
import type { Document } from "../../../src/corpus/document.js";
import { readOptionsOf } from "../../../src/corpus/openOptions.js";
import { folderWith } from "../../support/folder.js";
import { idxOf } from "../../support/idx.js";

const bytes = Array.from({ length: 2 * 3 * 4 }, (_, index) => index * 10);
const images = idxOf("ubyte", [2, 3, 4], bytes);
const labels = idxOf("ubyte", [2], [7, 1]);
const folder = folderWith({
  "train-images-idx3-ubyte.gz": gzipSync(images),
  "train-labels-idx1-ubyte.gz": gzipSync(labels),
  "digits.idx": images,
  unnamed: images,
  "short.idx": images.subarray(0, 30),
  "header.idx": images.subarray(0, 9),
  "long.idx": Buffer.concat([images, Buffer.of(1)]),
  "three.idx": idxOf("ubyte", [3], [1, 2, 3]),
  "two.idx": labels,
  "other.idx": Buffer.from("\0\0\x07\x01"),
  "none.idx": idxOf("ubyte", [0, 2], []),
  "nan.idx": idxOf("float", [1, 2], [1, Number.NaN]),
});
const pathOf = (name: string): string => join(folder, name);

async function documentsOf(name: string, options: OpenOptions = {}): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const document of (await openCorpus(pathOf(name), options)).read()) documents.push(document);
  return documents;
}
const labelsIn = (name: string): OpenOptions => readOptionsOf({ ...none, labelsFile: pathOf(name) });
const none = {
  encoding: "auto",
  noHeader: false,
  inputFormat: undefined,
  delimiter: undefined,
  quote: undefined,
  textColumn: undefined,
  valueColumns: undefined,
} as const;

test("idx: bytes stay bytes, and the labels are read from the file beside it", async () => {
  const corpus = await openCorpus(pathOf("train-images-idx3-ubyte.gz"));
  expect(corpus).toMatchObject({ shape: "documents", labeled: true, rows: { width: 4 } });
  const [first, second] = await documentsOf("train-images-idx3-ubyte.gz");
  expect(first).toEqual({ text: "", label: "7", rows: { width: 4, values: Uint8Array.from(bytes.slice(0, 12)) } });
  expect(second).toEqual({ text: "", label: "1", rows: { width: 4, values: Uint8Array.from(bytes.slice(12)) } });
});

test.each(["digits.idx", "unnamed"])("idx: %s is recognized by its name or its first bytes", async (name) => {
  expect(await openCorpus(pathOf(name))).toMatchObject({ labeled: false, rows: { width: 4 } });
  expect(await documentsOf(name, labelsIn("two.idx"))).toHaveLength(2);
});

test.each(["ubyte", "byte", "short", "int", "float", "double"] as const)("idx: elements of type %s", async (type) => {
  const values = type === "ubyte" ? [0, 1, 200, 255] : [-3, 0, 1, 100];
  const name = `of-${type}.idx`;
  const { writeFile } = await import("node:fs/promises");
  await writeFile(pathOf(name), idxOf(type, [2, 2], values));
  const read = await documentsOf(name);
  expect(read.flatMap(({ rows }) => [...rows!.values])).toEqual(values);
  expect(read.map(({ rows }) => rows!.width)).toEqual([1, 1]); // two sequences of two steps of one number
});

test.each([
  ["short.idx", /short\.idx: cut off: it ends after 30 bytes/],
  ["header.idx", /header\.idx: cut off: it ends after 9 bytes/],
  ["long.idx", /long\.idx: bytes after the end of the 2 items/],
  ["three.idx", /three\.idx: a list of 3 numbers, which are labels/],
  ["other.idx", /other\.idx: not an IDX file/],
  ["none.idx", /none\.idx: invalid sizes in its header: 0 × 2/],
  ["nan.idx", /nan\.idx:1: a value of the sequence is not a finite number/],
])("idx: %s is one clear error", async (name, message) => {
  const reading = documentsOf(name);
  await expect(reading).rejects.toThrow(message);
  await expect(reading).rejects.toBeInstanceOf(UserError);
});

test("idx: as many labels as sequences are required", async () => {
  await expect(openCorpus(pathOf("digits.idx"), labelsIn("three.idx"))).rejects.toThrow(
    /three\.idx has 3 labels, but .*digits\.idx has 2 sequences/,
  );
});
