/** @file Neighbors and exported vectors of a small classifier. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { TextModel } from "../../../src/model/model.js";
import { embeddingsOf } from "../../../src/inference/vectors/embeddings.js";
import { neighborFinder } from "../../../src/inference/vectors/embeddings.js";
import { sentenceVectors } from "../../../src/inference/vectors/sentenceVectors.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { loadTextModel, trainInto } from "../../support/models.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const cwd = folderWith({ "opinions.csv": csvOf(opinions(60)), "tale.txt": tale(40) });
const run = (...argv: string[]) => rnn(argv, { cwd });
let model: TextModel;
beforeAll(async () => {
  await trainInto(join(cwd, "judge"), join(cwd, "opinions.csv"), { epochs: 10, learningRate: 0.02 });
  await trainInto(join(cwd, "writer"), join(cwd, "tale.txt"), {});
  model = await loadTextModel(join(cwd, "judge"), { backend: "auto" });
});
const known = (): string => model.tokenizer.vocabulary[5]!;

// Course row 3.9: docs/guide/README.md#course-rows
test("neighbours: the nearest words by cosine come first, without the word itself", () => {
  const found = neighborFinder(model, 4)(known())!;
  const similarities = found.map(({ similarity }) => similarity);
  expect(similarities.toSorted((left, right) => right - left)).toEqual(similarities);
  expect(found.map(({ token }) => token)).not.toContain(known());
  const { width, vectors } = embeddingsOf(model);
  const vectorOf = (token: string) => {
    const id = model.tokenizer.vocabulary.indexOf(token);
    return [...vectors.subarray(id * width, (id + 1) * width)];
  };
  const [own, other] = [vectorOf(known()), vectorOf(found[0]!.token)];
  const dot = own.reduce((sum, value, index) => sum + value * other[index]!, 0);
  expect(found[0]!.similarity).toBeCloseTo(dot / (Math.hypot(...own) * Math.hypot(...other)), 5);
  expect(neighborFinder(model, 4)("xylophones")).toBeNull();
});

test("neighbours: an unknown word gives a warning, and the words after it are still looked up", async () => {
  const { code, stdout, stderr } = await run("neighbours", "xylophones", known(), "-c", "./judge", "--top", "2");
  expect(code).toBe(0);
  expect(stdout.trimEnd().split("\n")).toHaveLength(2);
  expect(stdout.split("\t")[0]).toBe(known());
  expect(stderr).toContain("has no token xylophones");
  const piped = await rnn(["neighbours", "-c", "./judge", "--top", "1", "--json"], { cwd, input: `${known()}\n` });
  expect(JSON.parse(piped.stdout)).toMatchObject({ word: known(), neighbours: [{}] });
});

// Course row 3.9: docs/guide/README.md#course-rows
test("export: vecs.tsv and meta.tsv have a line for each token, without a header", async () => {
  const { code, stdout } = await run("export", "./judge", "--out", "words");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "words\n" });
  const linesIn = (name: string) => readFileSync(join(cwd, name), "utf8").trimEnd().split("\n");
  expect(linesIn("words/meta.tsv")).toHaveLength(model.tokenizer.vocabulary.length - 2);
  expect(linesIn("words/vecs.tsv").map((line) => line.split("\t").length)).toEqual(
    linesIn("words/meta.tsv").map(() => embeddingsOf(model).width),
  );
  expect(await run("export", "./judge", "--out", "words")).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("words exists already"),
  });
});

test("export: --sentences writes vectors of texts, with their labels under a header", async () => {
  const { code } = await run("export", "./judge", "--sentences", "opinions.csv", "--out", "sentences");
  expect(code).toBe(0);
  const meta = readFileSync(join(cwd, "sentences/meta.tsv"), "utf8").trimEnd().split("\n");
  expect(meta[0]).toBe("text\tlabel");
  const vectors = readFileSync(join(cwd, "sentences/vecs.tsv"), "utf8").trimEnd().split("\n");
  expect(vectors).toHaveLength(meta.length - 1);
  const [first] = [...sentenceVectors(model, [meta[1]!.split("\t")[0]!])];
  expect(vectors[0]!.split("\t").map(Number)).toEqual(Array.from(first!, (value) => expect.closeTo(value, 5)));
});

test("export: --sentences with a generator is an error in one line", async () => {
  expect(await run("export", "./writer", "--sentences", "tale.txt", "--out", "none")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("has no vector for a text"),
  });
});
