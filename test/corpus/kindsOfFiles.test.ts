/** @file What a file is comes from its contents. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openCorpus, type OpenOptions } from "../../src/corpus/corpus.js";
import type { Document } from "../../src/corpus/document.js";
import { readJsonLines } from "../../src/corpus/jsonLines.js";
import { folderWith } from "../support/folder.js";

const cwd = folderWith({
  "book.csv": Buffer.from("PK\u0003\u0004\u0014\0\0\0[Content_Types].xml\0xl/workbook.xml\0", "latin1"),
  "packed.txt": Buffer.from("PK\u0003\u0004\u0014\0\0\0some.txt\0", "latin1"),
  "paper.txt": Buffer.from("%PDF-1.7\n%\u00E2\u00E3\u00CF\n1 0 obj\0", "latin1"),
  "data.tsv": Buffer.from("PAR1\u0015\u0004\u0015\0", "latin1"),
  "base.csv": Buffer.from("SQLite format 3\0\u0010\0", "latin1"),
  "gzipped.txt": gzipSync("a text\n"),
  "array.json": '[\n  {"text": "one [1]", "label": "a"},\n  {\n    "text": "two, \\"}\\"",\n    "label": "b"\n  }\n]\n',
  "lines.json": '{"text": "one", "label": "a"}\n{"text": "two", "label": "b"}\n',
  "broken.json": '[\n{"text": "one"},\n{"text": one}\n]\n',
});

async function documentsOf(name: string, options?: OpenOptions): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const { text, label } of (await openCorpus(join(cwd, name), options)).read())
    documents.push({ text, ...(label !== undefined && { label }) });
  return documents;
}

test.each([
  ["book.csv", /book\.csv: it is an Excel workbook, not text; save it as csv$/],
  ["packed.txt", /packed\.txt: it is a zip file, not text; unpack it/],
  ["paper.txt", /paper\.txt: it is a PDF, not text; extract its text/],
  ["data.tsv", /data\.tsv: it is a Parquet file, not text; write it as csv or jsonl/],
  ["base.csv", /base\.csv: it is an SQLite database, not text; write a table of it as csv/],
])("corpus: %s is named for what it is", async (name, message) => {
  await expect(documentsOf(name)).rejects.toThrow(message);
});

test("corpus: gzip is decompressed whatever its name", async () => {
  expect(await documentsOf("gzipped.txt")).toEqual([{ text: "a text\n" }]);
});

test("json: an array of objects, or one object a line", async () => {
  expect(await documentsOf("array.json")).toEqual([
    { text: "one [1]", label: "a" },
    { text: 'two, "}"', label: "b" },
  ]);
  expect(await documentsOf("lines.json")).toEqual([
    { text: "one", label: "a" },
    { text: "two", label: "b" },
  ]);
});

test("json: an element of an array stands on the line where it begins", async () => {
  const text = '[\n\n{"a": 1},\n{\n"a": [2,\n3]\n}\n,\n{"a": "\\"]"}]\n';
  for (const size of [1, 3, 100]) {
    const lines: string[] = [];
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
    };
    for await (const line of readJsonLines({ name: "it", bytes })) lines.push(line.replaceAll(" ", ""));
    const values = lines.map((line) => (line === "" ? null : (JSON.parse(line) as unknown)));
    expect(values.slice(0, 9)).toEqual([null, null, { a: 1 }, { a: [2, 3] }, null, null, null, null, { a: '"]' }]);
  }
  await expect(documentsOf("broken.json")).rejects.toThrow(/broken\.json:3: not JSON/);
});
