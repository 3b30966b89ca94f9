/** @file Sets of labels: arrays of jsonl, separated cells of tables, repeated labels of fastText. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCorpus, type OpenOptions } from "../../src/corpus/corpus.js";
import { spooled } from "../../src/examples/documentSpool.js";
import { folderWith } from "../support/folder.js";

const folder = folderWith({
  "tags.jsonl":
    '{"text":"one","tags":["a","b"]}\n{"text":"two","tags":[]}\n{"text":"three","tags":"b"}\n{"text":"four","tags":null}\n',
  "tags.csv": "text,tags\none,a|b\ntwo, b | a |b\nthree,b\nfour,\nfive,NULL\n",
  "semicolons.csv": "text,kinds\none,a;b\ntwo,b\n",
  "fasttext.txt": "__label__a __label__b one\n__label__b two\n",
  "nested.jsonl": '{"text":"one","tags":[["a"]]}\n',
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const setsIn = async (file: string, options: OpenOptions = {}) => {
  const corpus = await openCorpus(join(folder, file), { multilabel: true, ...options });
  return (await collect(corpus.read())).map(({ text, labels, label }) => [text, labels ?? label]);
};

test("multilabel: jsonl has arrays, an empty one for no label; a single value is one label", async () => {
  expect(await setsIn("tags.jsonl")).toEqual([
    ["one", ["a", "b"]],
    ["two", []],
    ["three", ["b"]],
  ]);
});

test("multilabel: cells are separated by |; an empty one is an empty set, and NULL is none", async () => {
  expect(await setsIn("tags.csv")).toEqual([
    ["one", ["a", "b"]],
    ["two", ["b", "a"]],
    ["three", ["b"]],
    ["four", []],
  ]);
});

test("multilabel: another separator", async () => {
  expect(await setsIn("semicolons.csv", { labelColumn: "kinds", labelSeparator: ";" })).toEqual([
    ["one", ["a", "b"]],
    ["two", ["b"]],
  ]);
});

test("multilabel: fastText repeats __label__", async () => {
  expect(await setsIn("fasttext.txt", { format: "fasttext" })).toEqual([
    ["one", ["a", "b"]],
    ["two", ["b"]],
  ]);
});

test("multilabel: labels have other names by --label-map", async () => {
  const labelMap = new Map([["a", "b"]]);
  expect((await setsIn("tags.csv", { labelMap }))[0]).toEqual(["one", ["b"]]);
});

test("multilabel: a corpus that is kept in a file has its sets", async () => {
  const corpus = spooled(await openCorpus(join(folder, "tags.jsonl"), { multilabel: true }), folder, 0);
  const first = await collect(corpus.read());
  expect(await collect(corpus.read())).toEqual(first);
  expect(first[1]).toMatchObject({ labels: [] });
  corpus.release?.();
});

test("multilabel: a column without a known name must be given", async () => {
  await expect(setsIn("semicolons.csv")).rejects.toThrow("--label-column; columns are: text, kinds");
});

test("multilabel: an array in an array is a bad row", async () => {
  await expect(setsIn("nested.jsonl")).rejects.toThrow("tags has a label that is neither a string nor a number");
});

test("multilabel: without it an array is a bad row that names the option", async () => {
  await expect(setsIn("tags.jsonl", { multilabel: false, labelColumn: "tags" })).rejects.toThrow("add --multilabel");
});
