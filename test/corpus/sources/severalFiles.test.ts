/** @file Several files as one corpus: in the library, and in training, resuming and evaluation. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type OpenOptions, openCorpus } from "../../../src/corpus/corpus.js";
import type { Document } from "../../../src/corpus/document.js";
import { trainCommand } from "../../../src/experiments/tuning/searchSpace.js";
import { planTraining } from "../../../src/index.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { comparableContent, documentIn } from "../../support/models.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const rows = opinions(60);
const numbered = (from: number, to: number) =>
  rows.slice(from, to).map(({ text, label }, index) => ({ text: `${text} ${from + index}`, label }));
const cwd = folderWith({
  "a.csv": csvOf(numbered(0, 30)),
  "b.csv": csvOf(numbered(30, 60)),
  "semicolons.csv": "label;text\npraise;a song, and a good one\nblame;dull, all of it\n",
  "latin.csv": Buffer.from("text,label\ncaf\xe9 by the river,praise\nna\xefve and long,blame\n", "latin1"),
  "few.csv": "note,label,text\nx,praise,warm\ny,blame,cold\n",
  "bodies.csv": "body,label\nwarm words,praise\ncold words,blame\n",
  "unlabeled.csv": "text\nwarm words\ncold words\n",
  "bare.csv": csvOf(numbered(0, 30)).replace(/^.*\n/, ""),
  "lines.jsonl": '{"text": "warm", "label": "praise"}\n{"text": "cold", "label": "blame"}\n',
  "wide.csv": "text,label\nwarm,praise\ncold,blame,3\nmild,praise\n",
  "empty.csv": "",
  "one.txt": "the first file",
  "two.txt": "\uFEFFthe second file\n",
  "three.txt": "the third file",
  "good.txt": "a line\n".repeat(40),
  "damaged.txt": Buffer.from("a good line\nb\xff\n", "latin1"),
  "tales/b.txt": tale(40),
  "tales/a.txt": tale(30),
  "letters/1.txt": "a letter",
  "letters/2.txt": "another letter",
  "notes/1.txt": "a note",
  "films/train/good/1.txt": "a film",
  "films/test/good/1.txt": "another film",
  "hours.csv": "t,v\n6,7\n7,8\n8,9\n9,10\n10,11\n",
  "series.csv": "t,v\n1,2\n2,3\n3,4\n4,5\n5,6\n",
});
const at = (...names: string[]): string[] => names.map((name) => join(cwd, name));
const open = (names: string[], options: OpenOptions = {}) => openCorpus(at(...names), options);

async function documentsOf(names: string[], options: OpenOptions = {}): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const document of (await open(names, options)).read()) documents.push(document);
  return documents;
}
const textOf = async (names: string[], options: OpenOptions = {}): Promise<string[]> =>
  (await documentsOf(names, options)).map(({ text }) => text);

test("several files: tables are one corpus in the order of their names, each in its own encoding, dialect and columns' order", async () => {
  const names = ["few.csv", "semicolons.csv", "latin.csv"];
  expect((await documentsOf(names)).map(({ text, label }) => [text, label])).toEqual([
    ["warm", "praise"],
    ["cold", "blame"],
    ["a song, and a good one", "praise"],
    ["dull, all of it", "blame"],
    ["café by the river", "praise"],
    ["naïve and long", "blame"],
  ]);
  const corpus = await open(names);
  expect(corpus.name).toBe(`${join(cwd, "few.csv")} and 2 others`);
  const again = await open(names, { reading: corpus.reading! });
  expect(again).toMatchObject({ digest: corpus.digest, reading: corpus.reading });
  expect((await textOf(names, { reading: corpus.reading! })).at(-1)).toBe("naïve and long");
});

test("several files: a file without a line end does not run into the next one, in one text or in lines", async () => {
  const names = ["one.txt", "two.txt", "three.txt"];
  expect((await textOf(names)).join("")).toBe("the first file\nthe second file\nthe third file");
  expect(await textOf(names, { documents: "lines" })).toEqual(["the first file", "the second file", "the third file"]);
});

test("several files: folders of texts are one corpus of documents", async () => {
  expect(await textOf(["letters", "notes"])).toEqual(["a letter", "another letter", "a note"]);
  await expect(open(["letters", "one.txt"])).rejects.toThrow(
    `the content of ${join(cwd, "letters")} is documents, that of ${join(cwd, "one.txt")} is one text`,
  );
  await expect(open(["films", "one.txt"])).rejects.toThrow("films is a folder of training and test texts");
});

test("several files: one that is read in another way is one line with both names and what differs", async () => {
  for (const [other, what] of [
    ["bodies.csv", "the text column of a.csv is text, that of bodies.csv is body;"],
    ["unlabeled.csv", "the label column of a.csv is label, that of unlabeled.csv is missing;"],
    ["bare.csv", "the first row of a.csv is the names of columns, that of bare.csv is data;"],
    ["lines.jsonl", "the format of a.csv is csv, that of lines.jsonl is jsonl;"],
    ["one.txt", "the format of a.csv is csv, that of one.txt is text;"],
  ] as const) {
    const { code, stderr } = await rnn(["train", "a.csv", other, "--dry-run"], { cwd });
    expect(stderr).toBe(
      `rnn: several files of one corpus must be read in the same way: ${what} leave one of them out, or make them alike\n`,
    );
    expect(code).toBe(1);
  }
  for (const names of [
    ["a.csv", "empty.csv"],
    ["empty.csv", "a.csv"],
  ])
    await expect(open(names)).rejects.toThrow("empty.csv: no text in it; leave it out");
  await expect(open(["series.csv", "hours.csv"], { window: 2 })).rejects.toThrow("--window cuts one time series");
});

test("several files: bad rows are counted in all, and listed with their file", async () => {
  const corpus = await open(["a.csv", "wide.csv"]);
  for await (const _ of corpus.read());
  expect(corpus.skipped).toMatchObject({ bad: 1, first: [{ source: join(cwd, "wide.csv"), line: 3 }] });
  await expect(
    open(["wide.csv", "a.csv"], { strict: true }).then(async (strict) => {
      for await (const _ of strict.read());
    }),
  ).rejects.toThrow(`${join(cwd, "wide.csv")}:3: `);
});

test("train: a bad row of one of several files is listed with its file", async () => {
  const { stdout } = await rnn(["train", "a.csv", "wide.csv", "--dry-run"], { cwd });
  expect(stdout).toContain("skipped    1 bad row, wide.csv:3\n");
});

test("several files: a bad line of one text is compared with the lines of all files", async () => {
  const corpus = await open(["good.txt", "damaged.txt"], { encoding: "utf-8" });
  for await (const _ of corpus.read());
  expect(corpus.skipped).toMatchObject({ bad: 1, first: [{ source: join(cwd, "damaged.txt"), line: 2 }] });
});

test("several files: the digest depends on the order of the files, not on their names", async () => {
  copyFileSync(join(cwd, "a.csv"), join(cwd, "moved.csv"));
  const digest = async (...names: string[]): Promise<string> => (await open(names)).digest;
  const usual = await digest("a.csv", "b.csv");
  expect(await digest("moved.csv", "b.csv")).toBe(usual);
  expect(await digest("b.csv", "a.csv")).not.toBe(usual);
});

const quick = ["--units", "4", "--embedding", "4", "--threads", "1"];
const run = (...argv: string[]) => rnn(argv, { cwd });

test("train: several files are named, recorded, resumed to the same bits, and evaluated", async () => {
  const files = ["a.csv", "b.csv", "latin.csv"];
  const begun = await run("train", ...files, ...quick, "--epochs", "1", "-o", "rater");
  expect(begun).toMatchObject({ code: 0 });
  expect(begun.stderr).toContain("corpus     a.csv and 2 others\n");
  expect(begun.stderr).toMatch(/label column label; latin\.csv\s+windows-1252\n/);
  expect(documentIn(join(cwd, "rater"))).toMatchObject({
    corpus: { name: "a.csv and 2 others", files, reading: { otherFiles: [{ file: 2, encoding: "windows-1252" }] } },
  });
  expect(await run("train", "--resume", "rater", "--epochs", "2", "--threads", "1")).toMatchObject({ code: 0 });
  const { stdout, code } = await run("evaluate", "-c", "rater", "--threads", "1");
  expect({ stdout, code }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^the test part of a.csv and 2 others/),
  });
  expect(stdout).toContain("bag of n-grams");
  const others = await run("evaluate", "-c", "rater", "few.csv", "lat*.csv", "--threads", "1", "--json");
  expect(others).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(others.stdout)).toMatchObject({ targets: 4 });

  expect(await run("train", ...files, ...quick, "--epochs", "1", "-o", "again")).toMatchObject({ code: 0 });
  const moved = ["moved-a.csv", "b.csv", "latin.csv"];
  copyFileSync(join(cwd, "a.csv"), join(cwd, "moved-a.csv"));
  expect(await run("train", ...moved, "--resume", "again", "--epochs", "2", "--threads", "1")).toMatchObject({
    code: 0,
  });
  expect(documentIn(join(cwd, "again")).corpus.files).toEqual(moved);
  const weights = (folder: string): unknown => documentIn(join(cwd, folder)).files.weights.sha256;
  expect(weights("again")).toBe(weights("rater"));
  const changed = await run("train", "b.csv", "a.csv", "--resume", "again", "--epochs", "3");
  expect(changed).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("b.csv and 1 other differs from the corpus"),
  });
});

test("train: a quoted pattern is its files, sorted; the checkpoint is named like the first", async () => {
  const { code, stderr, stdout } = await run("train", "tales/*.txt", ...quick, "--epochs", "1");
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("corpus     tales/a.txt and 1 other\n"),
  });
  expect(stdout).toBe("checkpoints/a\n");
  expect(documentIn(join(cwd, "checkpoints/a")).corpus.files).toEqual(["tales/a.txt", "tales/b.txt"]);
  expect(await run("train", "tales/*.md")).toMatchObject({
    code: 1,
    stderr: "rnn: tales/*.md: no such file, and no file matches it as a pattern\n",
  });
  expect(await run("train", "a.csv", "-")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("standard input (-)"),
  });
});

test("train: a pattern with one file is recorded as that file", async () => {
  expect(await run("train", "tales/a*", ...quick, "--epochs", "1", "-o", "pattern")).toMatchObject({ code: 0 });
  expect(await run("train", "tales/a.txt", ...quick, "--epochs", "1", "-o", "file")).toMatchObject({ code: 0 });
  expect(documentIn(join(cwd, "pattern")).corpus).toEqual({ ...documentIn(join(cwd, "file")).corpus });
  expect(documentIn(join(cwd, "pattern")).corpus).not.toHaveProperty("files");
  expect(comparableContent(join(cwd, "pattern"))).toEqual(comparableContent(join(cwd, "file")));
});

test("library: a plan takes several paths; tune names them all in its command", async () => {
  const { corpus, files, counts } = await planTraining(at("a.csv", "b.csv"), { units: 4, embedding: 4, threads: 1 });
  expect({ corpus, files }).toEqual({ corpus: `${join(cwd, "a.csv")} and 1 other`, files: at("a.csv", "b.csv") });
  expect(counts.training.documents + counts.validation.documents + counts.test.documents).toBe(60);
  expect(trainCommand(["a.csv", "b c.csv"], {}, {}, 60)).toBe("rnn train a.csv 'b c.csv' --for 60s");
});
