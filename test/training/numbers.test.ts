/** @file Networks that read rows of numbers, and networks that predict a number, from the file to the prediction. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { classifyBatch, predictBatch } from "../../src/inference/classification/classify.js";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { loadModel } from "../../src/model/model.js";
import { randomStream } from "../../src/common/random.js";
import type { Recipe } from "../../src/options/recipe.js";
import { resume, train, type RunEvent } from "../../src/training/run.js";
import type { Rows } from "../../src/corpus/document.js";
import { folderWith } from "../support/folder.js";
import { idxOf } from "../support/idx.js";
import { documentIn, comparableContent, eventsOf, neverStopped } from "../support/models.js";

const side = 8;
const random = randomStream(1, "pictures");

/** A falling or rising line on noise, or noise alone; bytes, row by row. */
const picture = (kind: number): number[] =>
  Array.from({ length: side * side }, (_, place) => {
    const [row, column] = [Math.floor(place / side), place % side];
    const onLine = kind === 0 ? row === column : kind === 1 && row === side - 1 - column;
    return Math.floor((onLine ? 200 : 0) + 50 * random());
  });

function pictures(count: number): { images: Buffer; labels: Buffer } {
  const kinds = Array.from({ length: count }, (_, index) => index % 3);
  return {
    images: gzipSync(idxOf("ubyte", [count, side, side], kinds.flatMap(picture))),
    labels: gzipSync(idxOf("ubyte", [count], kinds)),
  };
}

const [some, others] = [pictures(300), pictures(60)];
/** A periodic temperature, and a wind that is independent of it. */
const weather = Array.from({ length: 500 }, (_, hour) => {
  const temperature = 15 + 8 * Math.sin(hour / 5) + random();
  return `${hour}h,${temperature.toFixed(3)},${(3 * random()).toFixed(3)}`;
});
const worth = { awful: -2.5, bad: -1.25, plain: 0, good: 1.5, great: 2.75 };
const opinions = Array.from({ length: 300 }, () => {
  const words = Array.from(
    { length: 2 + Math.floor(4 * random()) },
    () => Object.keys(worth)[Math.floor(5 * random())]!,
  );
  return `${words.join(" ")},${words.reduce((sum, word) => sum + worth[word as keyof typeof worth], 0) + Math.round(random() * 10) / 100}`;
});
const folder = folderWith({
  "train-images-idx3-ubyte.gz": some.images,
  "train-labels-idx1-ubyte.gz": some.labels,
  "test-images-idx3-ubyte.gz": others.images,
  "other-labels.gz": others.labels,
  "weather.csv": `hour,temperature,wind\n${weather.join("\n")}\n`,
  "opinions.csv": `text,score\n${opinions.join("\n")}\n`,
});
const pathOf = (name: string): string => join(folder, name);

const small: Partial<Recipe> = { units: [16], batchSize: 20, epochs: 8, learningRate: 0.02 };
const runs = {
  pictures: [
    "train-images-idx3-ubyte.gz",
    { test: pathOf("test-images-idx3-ubyte.gz"), testLabels: pathOf("other-labels.gz") },
  ],
  weather: ["weather.csv", { window: 12, horizon: 2, labelColumn: "temperature" }],
  opinions: ["opinions.csv", { embedding: 8 }],
} as const satisfies Record<string, readonly [string, Partial<Recipe>]>;
type RunName = keyof typeof runs;

const begin = (name: RunName, out: string, stop = neverStopped()): AsyncIterable<RunEvent> => {
  const [corpus, given] = runs[name];
  return train(pathOf(corpus), { backend: "auto", stop, out: pathOf(out), given: { ...small, ...given } });
};

async function trained(name: RunName) {
  const out = pathOf(name);
  if (!existsSync(out)) await eventsOf(begin(name, name));
  return loadModel(out, { backend: "auto" });
}

// Course row 5.6: docs/guide/README.md#course-rows
test("train: a classifier reads pictures row by row", async () => {
  const model = await trained("pictures");
  expect(model).toMatchObject({ task: "classifier", inputs: "numbers", labels: ["0", "1", "2"] });
  expect(model.network.spec).toMatchObject({ width: side, classes: 3 });
  const own = await evaluate(model);
  expect(own).toMatchObject({ part: "test", targets: 60 });
  expect(own.accuracy).toBeGreaterThan(0.95);
  expect(own.baselines.map(({ name }) => name)).toEqual(["majority class", "linear model"]);
  const other = await evaluate(model, pathOf("test-images-idx3-ubyte.gz"), {
    reading: { labelsFile: pathOf("other-labels.gz") },
  });
  expect(other.accuracy).toBe(own.accuracy);
  await expect(evaluate(model, pathOf("weather.csv"))).rejects.toThrow(/texts|no such column|no known text column/);
});

test("train: a regressor predicts numbers of a time series better than their mean", async () => {
  const model = await trained("weather");
  expect(model).toMatchObject({ task: "regressor", labels: [] });
  const { r2, meanAbsoluteError, rootMeanSquaredError, baselines } = await evaluate(model);
  expect(r2).toBeGreaterThan(0.9);
  expect(rootMeanSquaredError).toBeGreaterThanOrEqual(meanAbsoluteError!);
  expect(baselines.find(({ name }) => name === "training mean")!.meanAbsoluteError).toBeGreaterThan(
    meanAbsoluteError! * 2,
  );
  expect(documentIn(pathOf("weather")).scaling).toMatchObject([{ name: "temperature" }, { name: "wind" }]);
});

test("train: a regressor predicts numbers from texts", async () => {
  const model = await trained("opinions");
  expect(model).toMatchObject({ task: "regressor", inputs: "tokens" });
  expect((await evaluate(model)).r2).toBeGreaterThan(0.8);
  const [low, high] = predictBatch(model, ["awful bad", "great great good"]);
  expect(low).toBeLessThan(-1);
  expect(high).toBeGreaterThan(3);
});

test("predict: a prediction does not depend on the other sequences of the batch, to the bit", async () => {
  const [classifier, regressor] = [await trained("pictures"), await trained("weather")];
  const sequence = (width: number) =>
    fc
      .array(fc.float({ noNaN: true, min: -300, max: 300 }), { minLength: width, maxLength: 9 * width })
      .map((values): Rows => ({
        width,
        values: Float32Array.from(values.slice(0, values.length - (values.length % width))),
      }));
  fc.assert(
    fc.property(fc.array(sequence(side), { minLength: 1, maxLength: 6 }), (items) => {
      expect(classifyBatch(classifier, items)).toEqual(items.map((item) => classifyBatch(classifier, [item])[0]));
    }),
    { numRuns: 20 },
  );
  fc.assert(
    fc.property(fc.array(sequence(2), { minLength: 1, maxLength: 6 }), (items) => {
      expect(predictBatch(regressor, items)).toEqual(items.map((item) => predictBatch(regressor, [item])[0]));
    }),
    { numRuns: 20 },
  );
});

test.each(Object.keys(runs) as RunName[])("resume: a stopped run ends with the same bits: %s", async (name) => {
  await trained(name);
  const controller = new AbortController();
  const parts = `${name}-parts`;
  await eventsOf(begin(name, parts, controller.signal), (event) => {
    if (event.type === "step" && event.step === 20) controller.abort();
  });
  await eventsOf(resume(pathOf(parts), { backend: "auto", stop: neverStopped(), given: {} }));
  expect(comparableContent(pathOf(parts))).toEqual(comparableContent(pathOf(name)));
});

test("classify: inputs of the wrong kind are one clear error", async () => {
  const [rows, texts] = [await trained("pictures"), await trained("opinions")];
  expect(() => classifyBatch(rows, ["a text"])).toThrow(/reads rows of 8 numbers, but the input is a text/);
  expect(() => classifyBatch(rows, [{ width: 2, values: Float32Array.of(1, 2) }])).toThrow(
    /but the input has 2 in a row/,
  );
  expect(() => predictBatch(texts, [{ width: 2, values: Float32Array.of(1, 2) }])).toThrow(/reads texts/);
  const given = { ...small, embedding: 8 };
  const withEmbedding = train(pathOf("train-images-idx3-ubyte.gz"), { backend: "auto", stop: neverStopped(), given });
  await expect(eventsOf(withEmbedding)).rejects.toThrow("--embedding has no effect on rows of numbers; remove it");
  const writer = train(pathOf("train-images-idx3-ubyte.gz"), {
    backend: "auto",
    stop: neverStopped(),
    given: { units: [4] },
    task: "generator",
  });
  await expect(eventsOf(writer)).rejects.toThrow(/a generator needs texts, not rows of numbers/);
});

const data = process.env["RNN_DATA"];

test.skipIf(data === undefined)("train: classifies MNIST after a few hundred steps (RNN_DATA)", async () => {
  const images = (part: string): string => join(data!, `mnist/${part}-images-idx3-ubyte.gz`);
  const given = {
    units: [32],
    epochs: 2,
    batchSize: 50,
    learningRate: 0.01,
    dropout: 0,
    validation: "0",
    test: "0.2",
  };
  await eventsOf(train(images("t10k"), { backend: "auto", stop: neverStopped(), out: pathOf("digits"), given }));
  const model = await loadModel(pathOf("digits"), { backend: "auto" });
  expect((await evaluate(model)).accuracy).toBeGreaterThan(0.9);
});
