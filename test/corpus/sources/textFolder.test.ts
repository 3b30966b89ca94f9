/** @file Folders of texts as people have them: links, names without extension, train/ and test/, stray files. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCorpus } from "../../../src/corpus/corpus.js";
import { folderWith } from "../../support/folder.js";

const cwd = folderWith({});

function write(path: string, text: string): void {
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
