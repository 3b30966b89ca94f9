/** @file What a file is comes from its contents. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openCorpus, type OpenOptions } from "../../src/corpus/corpus.js";
import type { Document } from "../../src/corpus/document.js";
import { corpusStats } from "../../src/examples/corpusStats.js";
import { readJsonLines } from "../../src/corpus/jsonLines.js";
import { folderWith } from "../support/folder.js";

const cwd = folderWith({
  "book.csv": Buffer.from("PK\u0003\u0004\u0014\0\0\0[Content_Types].xml\0xl/workbook.xml\0", "latin1"),
  "packed.txt": Buffer.from("PK\u0003\u0004\u0014\0\0\0some.txt\0", "latin1"),
  "paper.txt": Buffer.from("%PDF-1.7\n%\u00E2\u00E3\u00CF\n1 0 obj\0", "latin1"),
  "data.tsv": Buffer.from("PAR1\u0015\u0004\u0015\0", "latin1"),
  "page.csv": "\n<!DOCTYPE html>\n<html><body>text,label</body></html>\n",
  "small-first.csv": "good,the fox saw it\nbad,a hare ran home\ngood,we all slept well\nbad,it rained all day\n",
  "small-last.csv": "the fox saw it,1\na hare ran home,0\nwe all slept well,1\nit rained all day,0\n",
  "small-other.csv": "good,the fox\nbad,a hare\n",
  "page.html": '<?xml version="1.0"?>\n<html lang="en">\n<p>text</p>\n</html>\n',
  "base.csv": Buffer.from("SQLite format 3\0\u0010\0", "latin1"),
  "gzipped.txt": gzipSync("a text\n"),
  "array.json": '[\n  {"text": "one [1]", "label": "a"},\n  {\n    "text": "two, \\"}\\"",\n    "label": "b"\n  }\n]\n',
  "lines.json": '{"text": "one", "label": "a"}\n{"text": "two", "label": "b"}\n',
  "mood.txt": "__label__good __label__new a fine day\n\n__label__bad rain\n__label__good sun\n",
  questions: "DESC:manner How is it made ?\nHUM:ind Who made it ?\nDESC:def What is it ?\nHUM:ind Who is he ?\n",
  "names.txt": "-DOCSTART- -X- O O\n\nAnna NNP B-NP B-PER\nsleeps VB B-VP O\n\nIn IN B-PP O\nRome NNP B-NP B-LOC\n",
  "words.tsv": "the\tDET\ncat\tNOUN\n\nthe\tDET\ndog\tNOUN\n",
  "numbered.conll": "1\tred\tJ\n2\troses\tN\n\n1\tgrow\tV\n",
  "chat.txt": "ANNA: hello\nBEN: hi\nANNA: how are you\nBEN: fine\n",
  "wide.conll": "a X\nb\n",
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
  ["page.csv", /page\.csv: it is an HTML page, not csv; .*html2text/],
])("corpus: %s is named for what it is", async (name, message) => {
  await expect(documentsOf(name)).rejects.toThrow(message);
});

test("corpus: gzip is decompressed whatever its name", async () => {
  expect(await documentsOf("gzipped.txt")).toEqual([{ text: "a text\n" }]);
});

test("corpus: pages of HTML are text, and are counted", async () => {
  expect(await corpusStats(await openCorpus(join(cwd, "page.html")))).toMatchObject({ documents: 1, pages: 1 });
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
    for await (const line of readJsonLines({ name: "it", bytes })) {
      lines.push(typeof line === "string" ? line.replaceAll(" ", "") : line.reason);
    }
    const values = lines.map((line) => (line === "" ? null : (JSON.parse(line) as unknown)));
    expect(values.slice(0, 9)).toEqual([null, null, { a: 1 }, { a: [2, 3] }, null, null, null, null, { a: '"]' }]);
  }
  await expect(documentsOf("broken.json")).rejects.toThrow(/broken\.json:3: not JSON/);
});

test("fasttext: lines with several labels are counted", async () => {
  const stats = await corpusStats(await openCorpus(join(cwd, "mood.txt")));
  expect(stats).toMatchObject({ documents: 3, moreLabels: 1 });
});

test("fasttext: a label before each text, recognized by the lines", async () => {
  expect(await documentsOf("mood.txt")).toEqual([
    { text: "a fine day", label: "good" },
    { text: "rain", label: "bad" },
    { text: "sun", label: "good" },
  ]);
  expect((await openCorpus(join(cwd, "mood.txt"), { format: "text" })).labeled).toBe(false);
});

test("trec: the coarse label and the question, recognized by the lines", async () => {
  expect((await documentsOf("questions"))[1]).toEqual({ text: "Who made it ?", label: "HUM" });
  expect((await openCorpus(join(cwd, "chat.txt"))).shape).toBe("stream");
});

test("conll: words and tags in columns, recognized by the lines or the name", async () => {
  const sentences = async (name: string): Promise<Document[]> => {
    const documents: Document[] = [];
    for await (const document of (await openCorpus(join(cwd, name))).read()) documents.push(document);
    return documents;
  };
  expect(await sentences("names.txt")).toMatchObject([
    { text: "Anna sleeps", words: ["Anna", "sleeps"], tags: ["B-PER", "O"] },
    { text: "In Rome", words: ["In", "Rome"], tags: ["O", "B-LOC"] },
  ]);
  expect(await sentences("words.tsv")).toMatchObject([{ tags: ["DET", "NOUN"] }, { words: ["the", "dog"] }]);
  expect(await sentences("numbered.conll")).toMatchObject([{ text: "red roses" }, { text: "grow", tags: ["V"] }]);
  await expect(sentences("wide.conll")).rejects.toThrow(
    /wide\.conll:2: expected a word and its tag in 2 columns, got 1: b$/,
  );
});

test.each([
  [
    "small-first.csv",
    ["good: the fox saw it", "bad: a hare ran home", "good: we all slept well", "bad: it rained all day"],
  ],
  ["small-last.csv", ["1: the fox saw it", "0: a hare ran home", "1: we all slept well", "0: it rained all day"]],
])("csv: the columns of a few rows without a header are those of their values in %s", async (name, expected) => {
  expect((await documentsOf(name)).map(({ text, label }) => `${label}: ${text}`)).toEqual(expected);
});

test("csv: a few rows without a header whose columns could be others name the option", async () => {
  await expect(documentsOf("small-other.csv")).rejects.toThrow(/--no-header/);
});
