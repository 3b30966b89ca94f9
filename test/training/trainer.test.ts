/** @file The events and the checkpoint of a training run. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { engine } from "../../src/engine/tfjs.js";
import { loadModel } from "../../src/model/model.js";
import { cellNames } from "../../src/common/names.js";
import type { Recipe } from "../../src/options/recipe.js";
import { type RunEvent, train } from "../../src/training/run.js";
import { folderWith } from "../support/folder.js";
import { documentIn, comparableContent, eventsOf, neverStopped, small, trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const line = "a line that is worth reading twice a day.\n";
const folder = folderWith({
  "line.txt": line.repeat(20),
  "tale.txt": tale(80),
  "opinions.csv": csvOf(opinions(60)),
});
const pathOf = (name: string): string => join(folder, name);

const trained = (out: string, corpus: string, given: Partial<Recipe>, engineOptions = {}) =>
  trainInto(pathOf(out), pathOf(corpus), given, engineOptions);
const endOf = (events: RunEvent[]) => events.find((event) => event.type === "end");
const lossesOf = (events: RunEvent[]) => events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
const evaluationsOf = (events: RunEvent[]) => events.flatMap((event) => (event.type === "evaluation" ? [event] : []));
const resultOf = (events: RunEvent[]) => events.flatMap((event) => (event.type === "result" ? [event.result] : []))[0];

test("train: a network overfits a line that is repeated", async () => {
  const given = { units: [32], dropout: 0, epochs: 40, learningRate: 0.02 };
  const losses = lossesOf(await trained("line", "line.txt", given));
  expect(losses[0]).toBeGreaterThan(2.5);
  expect(losses.at(-1)).toBeLessThan(0.05);
});

test("train: labels that depend on words generalize to new texts", async () => {
  const events = await trained("labels", "opinions.csv", { epochs: 15, learningRate: 0.02 });
  expect(resultOf(events)).toMatchObject({ part: "test", targets: 6, accuracy: 1 });
});

test.each(cellNames.flatMap((cell) => ["yes", "no"].map((bidirectional) => ({ cell, bidirectional }))))(
  "train: a classifier learns from the last states alone ($cell, bidirectional: $bidirectional)",
  async ({ cell, bidirectional }) => {
    const given = { cell, bidirectional: bidirectional as "yes", pooling: ["last" as const] };
    const losses = lossesOf(
      await trained(`last ${cell} ${bidirectional}`, "opinions.csv", {
        ...given,
        dropout: 0,
        epochs: 8,
        learningRate: 0.02,
      }),
    );
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  },
);

test("train: the first loss is that of a uniform distribution", async () => {
  const [loss] = lossesOf(await trained("first", "tale.txt", { dropout: 0, epochs: 1 }));
  const { vocabulary } = documentIn(pathOf("first")).spec as { vocabulary: number };
  expect(loss).toBeCloseTo(Math.log(vocabulary), 0);
});

test("train: the number of threads changes no bit", async () => {
  const given = { units: [40, 24], batchSize: 16, dropout: 0.2 };
  await trained("one thread", "tale.txt", given, { threads: 1 });
  await trained("two threads", "tale.txt", given, { threads: 2 });
  expect(comparableContent(pathOf("two threads"))).toEqual(comparableContent(pathOf("one thread")));
});

test("train: the seed determines the run", async () => {
  await trained("seed 1", "tale.txt", { seed: 1 });
  await trained("seed 1 again", "tale.txt", { seed: 1 });
  await trained("seed 2", "tale.txt", { seed: 2 });
  expect(comparableContent(pathOf("seed 1 again"))).toEqual(comparableContent(pathOf("seed 1")));
  expect(documentIn(pathOf("seed 2")).files.weights.sha256).not.toBe(documentIn(pathOf("seed 1")).files.weights.sha256);
});

test("train: --patience stops after evaluations without an improvement, and keeps the best weights", async () => {
  const events = await trained("patience", "tale.txt", { epochs: 9, patience: 2, learningRate: 1e-30 });
  expect(endOf(events)).toMatchObject({ reason: "patience" });
  expect(evaluationsOf(events).map(({ best }) => best)).toEqual([true, false, false]);
  const { history, progress } = documentIn(pathOf("patience"));
  expect(history).toHaveLength(3);
  expect(progress["best"]).toBe(history[0]!["step"]);
});

test("train: a diverging run ends with the best weights before", async () => {
  const events = await trained("diverged", "tale.txt", {
    init: "keras",
    learningRate: 1e37,
    schedule: "constant",
    epochs: 20,
    layerNorm: false,
    warmUp: 0,
  });
  expect(endOf(events)).toMatchObject({ reason: "diverged" });
  const { network } = await loadModel(pathOf("diverged"), { backend: "auto" });
  for (const { values } of network.values().values()) expect(values.every(Number.isFinite)).toBe(true);
  expect(Number.isFinite(resultOf(events)!.loss)).toBe(true);
});

test("train: word dropout raises the training loss, not the validation loss", async () => {
  const given = { tokenizer: "words", epochs: 6, learningRate: 0.01, dropout: 0 } as const;
  const without = evaluationsOf(await trained("all words", "tale.txt", given)).at(-1)!.entry;
  const dropped = evaluationsOf(await trained("fewer words", "tale.txt", { ...given, wordDropout: 0.5 })).at(-1)!.entry;
  expect(dropped.training).toBeGreaterThan(without.training + 0.1);
  expect(dropped.validation).toBeLessThan(dropped.training);
});

test("train: without a validation part the last weights are kept", async () => {
  const events = await trained("without validation", "tale.txt", { validation: "0" });
  expect(evaluationsOf(events).every(({ best, entry }) => best && entry.validation === undefined)).toBe(true);
  expect(resultOf(events)).toMatchObject({ part: "test" });
});

test("train: without a test part the scores are of the validation part, and without both there are none", async () => {
  expect(resultOf(await trained("untested", "tale.txt", { test: "0" }))).toMatchObject({ part: "validation" });
  expect(resultOf(await trained("without test and validation", "tale.txt", { test: "0", validation: "0" }))).toBeNull();
  expect(documentIn(pathOf("without test and validation")).metrics).toEqual({});
});

test("train: no tensor leaks over steps and evaluations, or after the run", async () => {
  await trained("warm", "tale.txt", {}); // the engine's own tensors exist from here on
  const before = engine().memory().numTensors;
  const counts = new Set<number>();
  const run = train(pathOf("tale.txt"), {
    backend: "auto",
    stop: neverStopped(),
    out: pathOf("counted"),
    given: { ...small, epochs: 4, dropout: 0.2 },
  });
  await eventsOf(run, ({ type }) => {
    if (type === "step") counts.add(engine().memory().numTensors);
  });
  expect(counts.size).toBe(1);
  expect(engine().memory().numTensors).toBe(before);
});
