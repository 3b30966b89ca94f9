/** @file Word vectors of other programs as initial embeddings: --vectors and --freeze-embedding. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Recipe } from "../../src/options/recipe.js";
import { loadModel } from "../../src/model/model.js";
import { textModel } from "../../src/model/rebuild.js";
import { conlluText, simpleSentences } from "../support/conllu.js";
import { folderWith } from "../support/folder.js";
import { trainInto } from "../support/models.js";
import { csvOf, opinions } from "../support/texts.js";

const glove = "lovely 0.5 -1.5 0.25\nbroken -0.5 1.5 2\n. . . 1 2 3\nelsewhere 1 2 3\n";
const folder = folderWith({
  "opinions.csv": csvOf(opinions(60)),
  "capitals.csv": csvOf(opinions(60).map(({ text, label }) => ({ label, text: text.replace("lovely", "Lovely") }))),
  "tags.conllu": conlluText(simpleSentences(30)),
  "glove.txt": glove,
  "fasttext.vec": `4 3\n${glove.replaceAll("\n", " \n")}`,
  "tags.txt": "fox 1 2\n",
  "other.txt": "elsewhere 1 2 3\nnowhere 1 2 3\n",
  "damaged.txt": "lovely 0.5 -1.5 0.25\nelsewhere 1\nbroken -0.5 1.5\n",
  "letters.txt": "lovely 0.5 -1.5 0.25\nbroken 1 x2 3\n",
  "short.vec": "9 3\nlovely 0.5 -1.5 0.25\n",
  "empty.txt": "",
  "words.txt": "lovely\n",
});
const pathOf = (name: string): string => join(folder, name);
writeFileSync(pathOf("glove.txt.gz"), gzipSync(glove));
writeFileSync(
  pathOf("binary.bin"),
  Buffer.concat([Buffer.from("2 3\nlovely "), Buffer.from([0, 0, 128, 63, 0xff, 10])]),
);

let runs = 0;

/** Trains for no longer than a moment. @returns the first event, and the vector of a word before training and after it */
async function trained(vectors: string, given: Partial<Recipe> = {}, corpus = "opinions.csv") {
  const out = pathOf(`run ${++runs}`);
  const [begin] = await trainInto(out, pathOf(corpus), { embedding: undefined, vectors: pathOf(vectors), ...given });
  const { network, tokenizer } = textModel(await loadModel(out, { backend: "auto" }));
  const { shape, values } = network.storedWeight(`0-${network.spec.layers[0]!.type}/table`);
  const vectorOf = (word: string): number[] => {
    const row = tokenizer.vocabulary.indexOf(word);
    return [...values.subarray(row * shape[1]!, (row + 1) * shape[1]!)];
  };
  return { found: begin?.type === "begin" ? begin.vectors : undefined, width: shape[1], vectorOf };
}

test.each(["glove.txt", "fasttext.vec", "glove.txt.gz"])(
  "--vectors: the words of %s get its vectors, and the run says how many",
  async (file) => {
    const { found, width, vectorOf } = await trained(file, { freezeEmbedding: true });
    expect(found).toMatchObject({ file: pathOf(file), found: 2, width: 3 });
    expect(found!.words).toBeGreaterThan(10);
    expect(width).toBe(3);
    expect(vectorOf("lovely")).toEqual([0.5, -1.5, 0.25]);
    expect(vectorOf("broken")).toEqual([-0.5, 1.5, 2]);
    expect(vectorOf("dull")).not.toEqual([0, 0, 0]);
  },
);

test("--vectors: without --freeze-embedding the vectors are trained further", async () => {
  const { vectorOf } = await trained("glove.txt");
  const [first] = vectorOf("lovely");
  expect(first).not.toBe(0.5);
  expect(first).toBeCloseTo(0.5, 0);
});

test("--vectors: a word that the file has in lowercase alone takes that vector", async () => {
  const { found, vectorOf } = await trained("glove.txt", { freezeEmbedding: true }, "capitals.csv");
  expect(found).toMatchObject({ found: 3 });
  expect(vectorOf("Lovely")).toEqual(vectorOf("lovely"));
});

test("--vectors: a tagger has them", async () => {
  const { found, vectorOf } = await trained("tags.txt", { freezeEmbedding: true }, "tags.conllu");
  expect(found).toMatchObject({ found: 1, width: 2 });
  expect(vectorOf("fox")).toEqual([1, 2]);
});

test.each([
  ["damaged.txt", "damaged.txt:3: expected broken and 3 numbers, got 2"],
  ["letters.txt", 'letters.txt:2: expected numbers after the word, got "x2"'],
  ["short.vec", "short.vec:2: the file ends after 1 of the 9 vectors that its first line states"],
  ["other.txt", "has none of the"],
  ["empty.txt", "empty.txt is empty"],
  ["words.txt", 'words.txt:1: expected a word and its numbers, got "lovely"'],
  ["binary.bin", "binary.bin:2: not text"],
  ["nowhere.txt", "no such file"],
])("--vectors: %s is an error of one line", async (file, message) => {
  const error: unknown = await trained(file).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain("\n");
});

test("--vectors: another --embedding is an error that names the width of the file", async () => {
  await expect(trained("glove.txt", { embedding: 8 })).rejects.toThrow("whose vectors have 3 numbers");
});

test("--vectors: characters have none", async () => {
  await expect(trained("glove.txt", { tokenizer: "characters" })).rejects.toThrow("--vectors has no effect");
});
