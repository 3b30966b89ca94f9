/** @file Folders of texts as people have them: links, names without extension, train/ and test/, stray files. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCorpus, type OpenOptions } from "../../../src/corpus/corpus.js";
import { folderWith } from "../../support/folder.js";

const cwd = folderWith({});

function write(path: string, text: string | Uint8Array): void {
  mkdirSync(join(cwd, path, ".."), { recursive: true });
  writeFileSync(join(cwd, path), text);
}

async function labelsIn(name: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { text, label } of (await openCorpus(join(cwd, name))).read()) found.push(`${label}: ${text}`);
  return found;
}

test("folder: classes in train/ and test/ are the labels; unsup and stray files are left out and counted", async () => {
  write("films/train/pos/1_9.txt", "fine");
  write("films/train/neg/1_2.txt", "dull");
  write("films/test/pos/2_9.txt", "great");
  write("films/train/unsup/5_0.txt", "who knows");
  write("films/train/urls_pos.txt", "an address");
  write("films/imdb.vocab", "word");
  expect(await labelsIn("films")).toEqual(["pos: great", "neg: dull", "pos: fine"]);
  const corpus = await openCorpus(join(cwd, "films"));
  for await (const _ of corpus.read());
  expect(corpus.skipped).toMatchObject({ unlabeled: 2 });
  expect(await labelsIn("films/train")).toEqual(["neg: dull", "pos: fine"]);
});

test("folder: unsupervised texts beside two labels are left out, with the folder where they are", async () => {
  for (const index of [1, 2, 3]) {
    write(`stars/good/${index}.txt`, "fine");
    write(`stars/poor/${index}.txt`, "dull");
    write(`stars/unlabeled/${index}.txt`, "who knows");
  }
  expect(new Set(await labelsIn("stars"))).toEqual(new Set(["good: fine", "poor: dull"]));
  const corpus = await openCorpus(join(cwd, "stars"));
  for await (const _ of corpus.read());
  expect(corpus.skipped).toMatchObject({
    unlabeled: 3,
    first: [{ source: join(cwd, "stars/unlabeled/1.txt") }, {}, {}],
  });
});

test("folder: files without extension and links are read; a link to a folder around it ends", async () => {
  write("news/space/60191", "orbit");
  write("news/cars/101", "wheel");
  symlinkSync(join(cwd, "news/space/60191"), join(cwd, "news/cars/102"));
  symlinkSync(join(cwd, "news"), join(cwd, "news/cars/loop"));
  symlinkSync("nowhere", join(cwd, "news/cars/broken"));
  expect(await labelsIn("news")).toEqual(["cars: wheel", "cars: orbit", "space: orbit"]);
});

const opened = async (name: string, options: OpenOptions = {}) => {
  const corpus = await openCorpus(join(cwd, name), options);
  const texts: string[] = [];
  for await (const { text } of corpus.read()) texts.push(text);
  return { corpus, texts };
};

test("folder: the record has the encoding of its files, or mixed", async () => {
  write("western/a.txt", "plain");
  write("western/b.txt", Buffer.from("caf\u00E9", "latin1"));
  expect((await opened("western")).corpus.reading).toMatchObject({ encoding: "windows-1252" });
  write("western/c.txt", "caf\u00E9");
  const { corpus, texts } = await opened("western");
  expect(corpus.reading).toMatchObject({ encoding: "mixed" });
  expect(texts).toEqual(["plain", "caf\u00E9", "caf\u00E9"]);
  expect((await opened("western", { reading: corpus.reading! })).texts).toEqual(texts);
  write("plain/a.txt", "plain");
  expect((await opened("plain")).corpus.reading).toMatchObject({ encoding: "utf-8" });
  write("plain/wide.txt", Buffer.from("wide", "utf16le"));
  expect((await opened("plain")).corpus.reading).toMatchObject({ encoding: "mixed" });
});

test("folder: a byte that is not UTF-8 is read as windows-1252; one that is neither skips its file", async () => {
  const text = "d\u00E9j\u00E0 vu ".repeat(4);
  for (let index = 0; index < 20; index++) write(`notes/${10 + index}.txt`, text);
  write("notes/30.txt", Buffer.concat([Buffer.from(text), Buffer.of(0x93), Buffer.from("so"), Buffer.of(0x94)]));
  write("notes/31.txt", Buffer.concat([Buffer.from(text), Buffer.of(0x81)]));
  const { corpus, texts } = await opened("notes");
  expect(texts).toHaveLength(21);
  expect(texts.at(-1)).toBe(`${text}\u201Cso\u201D`);
  expect(corpus.reading).toMatchObject({ encoding: "mixed" });
  expect(corpus.skipped).toMatchObject({
    bad: 1,
    first: [{ source: join(cwd, "notes/31.txt"), reason: expect.stringMatching(/0x81/) }],
  });
  expect((await opened("notes", { reading: corpus.reading! })).texts).toEqual(texts);
  const earlier = await opened("notes", { reading: { format: "text", encoding: "auto" } });
  expect(earlier.texts).toHaveLength(20);
  expect((await opened("notes", { encoding: "utf-8" })).texts).toHaveLength(20);
});

test("folder: with --documents lines a bad line costs its line alone", async () => {
  write(
    "lines/a.txt",
    Buffer.concat([Buffer.from("d\u00E9j\u00E0\n".repeat(20)), Buffer.of(0x81), Buffer.from("\nlast\n")]),
  );
  write("lines/b.txt", "more\n");
  const { corpus, texts } = await opened("lines", { documents: "lines" });
  expect(texts.slice(19)).toEqual(["d\u00E9j\u00E0", "last", "more"]);
  expect(corpus.skipped).toMatchObject({ bad: 1, first: [{ line: 21, source: join(cwd, "lines/a.txt") }] });
});
