/** @file Corpora of texts: plain text, tables, jsonl, folders, gzip; errors have the file and the line. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type OpenOptions, openCorpus } from "../../src/corpus/corpus.js";
import { UserError } from "../../src/common/errors.js";
import type { Document } from "../../src/corpus/document.js";
import { folderWith, writeInto } from "../support/folder.js";

const folder = folderWith({});
const file = (name: string, content: string | Uint8Array): string => writeInto(folder, name, content);

/** The documents without their lines. */
async function documentsOf(path: string, options?: OpenOptions): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const { line: _, ...document } of (await openCorpus(path, options)).read()) documents.push(document);
  return documents;
}

const textsOf = async (path: string, options?: OpenOptions): Promise<string[]> =>
  (await documentsOf(path, options)).map(({ text }) => text);

test("corpus: plain text is one stream with its digest and size, and can be read twice", async () => {
  const bytes = Buffer.from("\uFEFFone\r\ntwo 😀\r\n\r\nlast");
  const corpus = await openCorpus(file("plain.txt", bytes));
  expect(corpus).toMatchObject({ shape: "stream", labeled: false, bytes: bytes.length });
  expect(corpus.digest).toBe(createHash("sha256").update(bytes).digest("hex"));
  for (let time = 0; time < 2; time++) {
    const pieces: string[] = [];
    for await (const { text } of corpus.read()) pieces.push(text);
    expect(pieces.join("")).toBe("one\ntwo 😀\n\nlast");
  }
});

test("corpus: a long stream is read in pieces that end with a line, or between characters of a long line", async () => {
  const lines = "a line of some text\n".repeat(150_000);
  const pieces = await textsOf(file("long.txt", lines));
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.every((piece) => piece.endsWith("\n") && piece.length < 1_500_000)).toBe(true);
  expect(pieces.join("") === lines).toBe(true);
  const single = "x😀y".repeat(700_000);
  const cut = await textsOf(file("single.txt", single));
  expect(cut.length).toBeGreaterThan(1);
  expect(cut.every((piece) => piece.isWellFormed()) && cut.join("") === single).toBe(true);
});

test("corpus: --documents splits a text into non-empty lines or paragraphs", async () => {
  const path = file("verses.txt", "one\ntwo\n\n\n  \nthree\r\nfour");
  expect(await textsOf(path, { documents: "lines" })).toEqual(["one", "two", "three", "four"]);
  expect(await textsOf(path, { documents: "paragraphs" })).toEqual(["one\ntwo", "three\nfour"]);
});

test("corpus: standard input is kept and can be read twice", async () => {
  const corpus = await openCorpus("-", { standardInput: () => bytesOf("from a p", "ipe\n") });
  expect(corpus.name).toBe("standard input");
  for (let time = 0; time < 2; time++) {
    for await (const { text } of corpus.read()) expect(text).toBe("from a pipe\n");
  }
  expect(
    await documentsOf("-", { standardInput: () => bytesOf('{"text": "a", "label": "b"}'), format: "jsonl" }),
  ).toEqual([{ text: "a", label: "b" }]);
});
async function* bytesOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

// Course row 2.3: docs/guide/README.md#course-rows
test("csv: cells may have quotes, commas and line breaks; columns are found by their names", async () => {
  const path = file("reviews.csv", '\uFEFFid,Label,Review\r\n1,good,"a ""fine"" one,\r\nreally"\r\n2,bad,"no, 😀"');
  expect((await openCorpus(path)).labeled).toBe(true);
  expect(await documentsOf(path)).toEqual([
    { text: 'a "fine" one,\nreally', label: "good" },
    { text: "no, 😀", label: "bad" },
  ]);
  expect(await documentsOf(path, { textColumn: ["id"], labelColumn: "review" })).toHaveLength(2);
  expect((await documentsOf(path, { textColumn: ["1+2"], labelColumn: "label" }))[0]).toEqual({ text: "1 good" });
});

test("csv: without a header the text is first and the label last, or where numbers say", async () => {
  const path = file("plain.tsv", "it's \"fine\t1\nno\t0\n");
  expect(await documentsOf(path, { header: false })).toEqual([
    { text: "it's \"fine", label: "1" },
    { text: "no", label: "0" },
  ]);
  const news = file("news.csv", '"3","Fears","Unions"\n"4","Race","Space"\n');
  expect(await documentsOf(news, { textColumn: ["2", "3"], labelColumn: "1" })).toEqual([
    { text: "Fears\nUnions", label: "3" },
    { text: "Race\nSpace", label: "4" },
  ]);
  await expect(openCorpus(news)).rejects.toThrow(/news\.csv: the first row \(3, Fears, Unions\).*--no-header/);
});

test("corpus: several text columns are joined by a line feed; empty cells are left out", async () => {
  const rows = '"Title, short",body,label\nOne,first,a\nTwo,,b\n';
  const path = file("joined.csv", rows);
  const columns = { textColumn: ["title, short", "body"] };
  expect(await textsOf(path, columns)).toEqual(["One\nfirst", "Two"]);
  expect((await openCorpus(path, columns)).reading).toMatchObject({
    textColumns: ["Title, short", "body"],
    textJoin: "\n",
  });
  expect(await textsOf(path, { textColumn: ["title", "short"] })).toEqual(["One", "Two"]);
  const objects = file("joined.jsonl", '{"title":"One","body":"first"}\n{"title":null,"body":"second"}\n');
  expect(await textsOf(objects, { textColumn: ["title", "body"] })).toEqual(["One\nfirst", "second"]);
  expect(await textsOf(objects, { textColumn: ["title+body"] })).toEqual(["One first", " second"]);
});

async function messageOf(name: string, content: string, options?: OpenOptions): Promise<string> {
  const error: unknown = await documentsOf(file(name, content), options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  return (error instanceof Error ? error.message : "").replaceAll(`${folder}/`, "");
}

test("corpus: an error in a table or jsonl has the file and the line", async () => {
  expect(await messageOf("a.csv", 'text,label\n"one\n\ntwo",x\n,y\n')).toBe("a.csv:5: the text is empty");
  expect(await messageOf("b.csv", 'text,label\n"one\ntwo",x\nthree\n')).toMatch(
    /^b\.csv:4: 1 column, not as many columns/,
  );
  expect(await messageOf("m.csv", "text,label\na,x\nb,y\nc\nd,x\n")).toMatch(
    /^m\.csv:4: 1 column, not as many columns/,
  );
  expect(await messageOf("c.csv", 'text,label\none,x\n"two,y\n')).toMatch(/^c\.csv:3: a quote is opened/);
  expect(await messageOf("d.csv", "text,mood\na,b\n", { labelColumn: "label" })).toBe(
    'd.csv: no such column "label" for --label-column; columns are: text, mood',
  );
  expect(await messageOf("e.csv", "here,there,label\na,b,c\n")).toMatch(
    /^e\.csv: no known text column; name it with --text-column; columns are: here \(a\); there \(b\)/,
  );
  expect(await messageOf("f.csv", "text\na\n", { documents: "lines" })).toMatch(/^--documents has no effect here/);
  expect(await messageOf("g.txt", "text\na\n", { textColumn: ["text"] })).toMatch(/^--text-column has no effect here/);
  expect(await messageOf("h.jsonl", '{"text":"a"}\n\n{"text":}\n')).toMatch(/^h\.jsonl:3: not JSON/);
  expect(await messageOf("i.jsonl", '{"text":"a","label":1}\n{"text":2}\n')).toBe("i.jsonl:2: text is not a string");
  expect(await messageOf("i.json", '{"data":[{"text":"a"}]}')).toMatch(/data is an array, .* jq \.data FILE$/);
  expect(await messageOf("j.jsonl", "[1]\n")).toMatch(/^j\.jsonl:1: expected an object/);
  expect(await messageOf("k.txt", " \n")).toBe("k.txt: no text in it; name a file that has text");
  expect(await messageOf("l.csv", "text,label\n")).toBe("l.csv: no text in it; name a file that has text");
});

test("jsonl: one object a line", async () => {
  const path = file("some.jsonl", '{"sentence":"ünï","class":true}\r\n\r\n{"class":2,"sentence":"b"}');
  expect(await documentsOf(path)).toEqual([
    { text: "ünï", label: "true" },
    { text: "b", label: "2" },
  ]);
  const lines = file("lines.jsonl", String.raw`{"text":"a b\r\nc"}`);
  expect(await documentsOf(lines)).toEqual([{ text: "a b\nc" }]);
});

test("corpus: the text files of a folder are documents in the order of their paths, labeled by two or more subfolders", async () => {
  for (const [name, content] of [
    ["films/pos/b.txt", "good"],
    ["films/pos/a.txt", "fine"],
    ["films/neg/c.txt", "bad\n"],
    ["films/neg/d.txt.gz", gzipSync("worse")],
    ["films/neg/.hidden.txt", "not read"],
    ["films/.git/e.txt", "not read"],
    ["films/README.md", "not read"],
    ["films/picture.png", "not read"],
  ] as const) {
    file(name, content);
  }
  const path = join(folder, "films");
  expect(await documentsOf(path)).toEqual([
    { text: "bad\n", label: "neg" },
    { text: "worse", label: "neg" },
    { text: "fine", label: "pos" },
    { text: "good", label: "pos" },
  ]);
  file("films/beside.txt", "no subfolder's");
  const corpus = await openCorpus(path);
  expect(corpus).toMatchObject({ shape: "documents", labeled: false });
  await expect(openCorpus(join(path, ".git"))).resolves.toMatchObject({ labeled: false });
});

test("corpus: a gzipped file of any format is decompressed; the digest is of the stored bytes", async () => {
  const packed = gzipSync("text,label\nhello,1\n");
  const path = file("packed.csv.gz", packed);
  expect(await documentsOf(path)).toEqual([{ text: "hello", label: "1" }]);
  expect((await openCorpus(path)).bytes).toBe(packed.length);
  await expect(openCorpus(file("cut.txt.gz", packed.subarray(0, -9)))).rejects.toThrow(/cut off/);
  await expect(openCorpus(file("false.txt.gz", "plain"))).rejects.toThrow(/not gzip/);
});

test("corpus: a file that cannot be read is one clear error", async () => {
  await expect(openCorpus(join(folder, "nowhere.txt"))).rejects.toThrow(
    /could not read .*nowhere\.txt: no such file or folder/,
  );
  await expect(openCorpus(join(folder, "nowhere"), { format: "csv" })).rejects.toThrow(/no such file/);
  await mkdir(join(folder, "empty"));
  await expect(openCorpus(join(folder, "empty"))).rejects.toThrow(/no text files in it \(\.txt/);
  const latin = file("latin.txt", Buffer.from("caf\xE9", "latin1"));
  expect(await textsOf(latin)).toEqual(["café"]);
  await expect(openCorpus(latin, { encoding: "utf-8" })).rejects.toThrow(
    /latin\.txt:1: undecodable byte 0xE9 at character 4; for another encoding, add --encoding/,
  );
});

test.each([
  ["rows.csv", "text,label", (text: string, label: string) => `${text},${label}`, "one cell only"],
  [
    "rows.jsonl",
    "",
    (text: string, label: string) => JSON.stringify({ text, label: label === "" ? null : label }),
    "not JSON",
  ],
])("corpus: bad, unlabeled and blank rows of %s are counted and left out", async (name, header, row, bad) => {
  const good = Array.from({ length: 20 }, (_, index) => row(`text ${index}`, String(index % 2)));
  const lines = [header, ...good, row("no label", ""), "", bad, row("the last", "1")];
  const path = file(name, `${lines.join("\n")}\n`);
  const corpus = await openCorpus(path);
  const texts: string[] = [];
  for await (const { text } of corpus.read()) texts.push(text);
  expect(texts).toHaveLength(21);
  expect(texts.at(-1)).toBe("the last");
  expect(corpus.skipped).toMatchObject({ bad: 1, unlabeled: 1 });
  expect(corpus.skipped?.first.map(({ skipped, line }) => [skipped, line])).toEqual([
    ["unlabeled", 22],
    ["bad", 24],
  ]);
  await expect(documentsOf(path, { strict: true })).rejects.toThrow(new RegExp(`${name}:24: `));
});

test("corpus: more than 10 % bad rows is an error with the first ones", async () => {
  const rows = Array.from({ length: 50 }, (_, index) => (index % 5 === 0 ? "alone" : `text ${index},${index % 2}`));
  expect(await messageOf("many.csv", `text,label\n${rows.join("\n")}\n`)).toMatch(
    /^many\.csv: 10 of 50 rows are bad, more than 10 %; .*line 2: 1 column.*; line 7: .*; line 12: .*; …$/,
  );
});

test("corpus: a row of empty cells is left out like an empty line", async () => {
  expect(await documentsOf(file("blank.csv", "text,label\na,x\n,\n\nb,y\n"))).toHaveLength(2);
});

test("csv: without a header the column with few values is the label; a label for each row is refused", async () => {
  const rows = Array.from({ length: 30 }, (_, index) => `${index % 3 === 0 ? "spam" : "ham"},message number ${index}`);
  const path = file("first.csv", `${rows.join("\n")}\n`);
  expect((await documentsOf(path, { header: false }))[0]).toEqual({ text: "message number 0", label: "spam" });
  const own = Array.from({ length: 30 }, (_, index) => `text ${index},another text ${index}`);
  await expect(openCorpus(file("own.csv", own.join("\n")), { header: false })).rejects.toThrow(
    /each of the first 30 rows has a label of its own/,
  );
});

test("csv: a column whose name ends with a known label name is the label", async () => {
  const path = file("flight.csv", "id,crew_sentiment,crew_sentiment_confidence,text\n1,good,0.9,fine\n");
  expect(await documentsOf(path)).toEqual([{ text: "fine", label: "good" }]);
});
