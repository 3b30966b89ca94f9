/** @file The diagnosis of runs on natural text that were made to have each fault, and of good ones. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { train, type TrainOptions } from "../../src/library/trainingRuns.js";
import { folderWith } from "../support/folder.js";

const root = join(import.meta.dirname, "../..");
const fables = join(root, "corpora/fables.txt");
const reviews = "reviews.csv";
const textOf = (path: string, length: number): string => readFileSync(join(root, path), "utf8").slice(0, length);
const folder = folderWith({
  "fables.txt": textOf("corpora/fables.txt", 60_000),
  "start.txt": textOf("corpora/fables.txt", 10_000),
  "reviews.csv": textOf("corpora/reviews.csv", 240_000).replace(/\n[^\n]*$/, "\n"), // whole rows
});

let runs = 0;
async function faultsOf(corpus: string, options: TrainOptions): Promise<string[]> {
  const path = corpus.startsWith("/") ? corpus : join(folder, corpus);
  const { diagnosis } = await train(path, { ...options, out: join(folder, String(++runs)) });
  return diagnosis.map(({ fault }) => fault);
}

const small = { units: [64], batchSize: 16, sequenceLength: 32 };

test.each<[string, string, TrainOptions, string[]]>([
  ["a classifier with the defaults", reviews, { epochs: 6 }, []],
  [
    "labels, many epochs without dropout",
    reviews,
    { units: [32], dropout: 0, epochs: 30, learningRate: 0.01 },
    ["overfitting"],
  ],
  ["one epoch", "fables.txt", { ...small, epochs: 1 }, ["underfitting"]],
  ["four units", fables, { ...small, units: [4], embedding: 4, epochs: 8 }, ["underfitting"]],
  ["a tiny rate", "fables.txt", { ...small, epochs: 8, learningRate: 0.00003 }, ["underfitting"]],
  ["a high rate", "fables.txt", { ...small, epochs: 10, learningRate: 0.5 }, ["learning-rate-too-high"]],
  ["a rate of 3", "fables.txt", { ...small, epochs: 10, learningRate: 3 }, ["learning-rate-too-high"]],
  ["a high rate, labels", reviews, { units: [16], epochs: 6, learningRate: 1 }, ["learning-rate-too-high"]],
  ["few characters", "start.txt", { ...small, epochs: 20 }, ["corpus-too-small"]],
])("diagnosis: %s", async (_, corpus, options, faults) => {
  expect(await faultsOf(corpus, options)).toEqual(faults);
});
