/** @file Folders that are split already, as data sets are published. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { partFolders } from "../../../src/corpus/sources/partFolders.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { documentIn } from "../../support/models.js";
import { opinions } from "../../support/texts.js";

const rows = opinions(40);
const filesIn = (folder: string, from: number, to: number) =>
  Object.fromEntries(
    rows.slice(from, to).map(({ text, label }, index) => [`${folder}/${label}/${index}.txt`, `${text} ${from}`]),
  );
const cwd = folderWith({
  ...filesIn("films/train", 0, 24),
  ...filesIn("films/test", 24, 40),
  ...Object.fromEntries([1, 2, 3, 4].map((index) => [`films/train/unsup/${index}.txt`, "nobody rated this"])),
  "films/train/urls_good.txt": "an address",
  "films/words.txt": "a list of words",
  ...filesIn("news-bydate/news-bydate-train", 0, 24),
  ...filesIn("news-bydate/news-bydate-test", 24, 40),
  "three/train/good/1.txt": "a",
  "three/dev/good/1.txt": "a",
  "three/test/good/1.txt": "a",
  "vehicles/train/1.txt": "it runs on rails",
  "vehicles/bus/1.txt": "it stops at the corner",
  "vehicles/test/1.txt": "a trial drive",
});
const quick = ["--units", "4", "--embedding", "4", "--epochs", "1", "--threads", "1"];
const run = (...argv: string[]) => rnn(argv, { cwd });

test("folder: train/ and test/ are parts by their names, with other labels beside them they are not", async () => {
  const inCwd = (name: string): string => join(cwd, name);
  expect(await partFolders(inCwd("films"))).toEqual({
    training: inCwd("films/train"),
    test: inCwd("films/test"),
  });
  expect(await partFolders(inCwd("news-bydate"))).toEqual({
    training: inCwd("news-bydate/news-bydate-train"),
    test: inCwd("news-bydate/news-bydate-test"),
  });
  expect(await partFolders(inCwd("three"))).toMatchObject({ validation: inCwd("three/dev") });
  expect(await partFolders(inCwd("vehicles"))).toBeUndefined();
  expect(await partFolders(inCwd("films/train"))).toBeUndefined();
  expect(await partFolders(inCwd("films/words.txt"))).toBeUndefined();
});

test("train: test/ beside train/ is the test part, said before training, evaluated and resumed", async () => {
  const { code, stderr } = await run("train", "films", ...quick, "-o", "rater");
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toContain("corpus     films/train\n");
  expect(stderr).toContain("skipped    5 unlabeled files, films/train/unsup/, films/train/urls_good.txt\n");
  expect(stderr).toMatch(/parts {6}training \d+ documents, validation \d+, test 16 \(films\/test\)\n/);
  expect(documentIn(join(cwd, "rater"))).toMatchObject({
    corpus: { name: "films/train" },
    counts: { test: { documents: 16 } },
    options: { test: "films/test" },
  });
  const resumed = await run("train", "films", "--resume", "rater", "--epochs", "2");
  expect(resumed).toMatchObject({ code: 0 });
  const evaluated = await run("evaluate", "films", "-c", "rater", "--format", "json");
  expect(evaluated).toMatchObject({ code: 0 });
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ targets: 16 });
});

test("train: --test replaces test/", async () => {
  const { code, stderr } = await run("train", "films", "--test", "0.25", ...quick, "-o", "fraction");
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/test 6\n/) });
});
