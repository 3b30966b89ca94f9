/** @file Temperature scaling at the end of a run: its record, its weights, and exact resumption. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { classifyBatch } from "../../src/inference/classification/classify.js";
import { loadModel } from "../../src/model/model.js";
import { resume } from "../../src/training/run.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { comparableContent, documentIn, eventsOf, neverStopped, trainInto } from "../support/models.js";
import { csvOf, opinions } from "../support/texts.js";

const rows = opinions(600).map((row, index) => (index % 7 === 0 ? { ...row, label: "praise" } : row));
const cwd = folderWith({ "opinions.csv": csvOf(rows), "few.csv": csvOf(rows.slice(0, 100)) });
const path = (name: string): string => join(cwd, name);
const options = { epochs: 2, learningRate: 0.003, validation: "0.2", model: "network" as const };
const train = (name: string, given = {}) => trainInto(path(name), path("opinions.csv"), { ...options, ...given });
const headOf = (weights: Awaited<ReturnType<typeof loadCheckpoint>>["weights"]) => weights.get("head/kernel")!.values;

test("train: the head's weights are divided by the temperature that the checkpoint records, and the labels are the same", async () => {
  await train("scaled");
  await train("raw", { calibrate: "no" });
  const [scaled, raw] = [
    await loadCheckpoint(path("scaled"), { training: true }),
    await loadCheckpoint(path("raw"), { training: true }),
  ];
  const { temperature, errorAfter, errorBefore, examples } = scaled.document.calibration!;
  expect(examples).toBe(120);
  for (const error of [errorAfter, errorBefore]) expect(error).toBeLessThan(1);
  expect(raw.document.calibration).toBeUndefined();
  expect([...headOf(scaled.weights)]).toEqual(
    [...headOf(raw.weights)].map((value) => Math.fround(value / temperature)),
  );
  expect([...scaled.training.get("uncalibrated/head/kernel")!.values]).toEqual([...headOf(raw.weights)]);
  using one = await loadModel(path("scaled"), { task: "classifier" });
  using other = await loadModel(path("raw"), { task: "classifier" });
  const texts = rows.slice(0, 50).map(({ text }) => text);
  const labelsOf = (model: typeof one) => classifyBatch(model, texts).map(([best]) => best!.label);
  expect(labelsOf(one)).toEqual(labelsOf(other));
});

test("resume: a calibrated run that is lengthened has the bits of one that was not interrupted", async () => {
  await train("whole", { epochs: 4, schedule: "constant" });
  await train("lengthened", { epochs: 2, schedule: "constant" });
  expect(documentIn(path("lengthened")).calibration).toBeDefined();
  const given = { epochs: 4 };
  await eventsOf(resume(path("lengthened"), { backend: "auto", stop: neverStopped(), given }));
  const [whole, lengthened] = [comparableContent(path("whole")), comparableContent(path("lengthened"))] as Record<
    string,
    object
  >[];
  for (const key of ["weights", "training", "calibration", "metrics", "history"])
    expect(lengthened![key]).toEqual(whole![key]);
});

test("resume: the best weights of before are scaled once, if the rest of the run is no better", async () => {
  await train("best", { epochs: 2, schedule: "constant" });
  cpSync(path("best"), path("worse"), { recursive: true });
  const before = documentIn(path("best"));
  const given = { epochs: 3, learningRate: 10, clipNorm: 1000 };
  await eventsOf(resume(path("worse"), { backend: "auto", stop: neverStopped(), given }));
  const after = documentIn(path("worse"));
  expect(after.progress["best"]).toBe(before.progress["best"]);
  expect(after.files.weights.sha256).toBe(before.files.weights.sha256);
  expect(after.calibration).toEqual(before.calibration);
});

test("train: too few validation examples are not calibrated, and nothing is said about it", async () => {
  const { code, stderr } = await rnn(["train", "few.csv", "--model", "network", "--epochs", "1", "--out", "few"], {
    cwd,
  });
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/calibrat|logits/);
  expect(documentIn(path("few")).calibration).toBeUndefined();
});

test("train and inspect: the temperature and the calibration errors are printed", async () => {
  const line = /logits divided by \d+\.\d+; calibration error \d+\.\d% instead of \d+\.\d%/;
  const { stderr } = await rnn(["train", "opinions.csv", "--model", "network", "--epochs", "1", "--out", "printed"], {
    cwd,
  });
  expect(stderr.replaceAll(/\s+/g, " ")).toMatch(line);
  const { stdout } = await rnn(["inspect", "-c", "./printed"], { cwd });
  expect(stdout.replaceAll(/\s+/g, " ")).toMatch(line);
  expect(stdout).not.toContain("--calibrate");
  const refused = await rnn(["train", "opinions.csv", "--task", "generator", "--calibrate", "no"], { cwd });
  expect(refused.stderr).toMatch(/--calibrate has no effect on a generator/);
});

test("train --model bag: it has scores for label sets, and a temperature divides its logits", async () => {
  const argv = ["train", "opinions.csv", "--model", "bag", "--calibrate", "no", "--out", "bag"];
  expect((await rnn(argv, { cwd })).code).toBe(0);
  const { calibration, conformal } = documentIn(path("bag"));
  expect(calibration).toBeUndefined();
  expect(conformal!.examples).toBe(60);
  using model = await loadModel(path("bag"), { task: "classifier" });
  const ids = [5, 6, 7, 8, 9];
  const halved = model.bag!.model.withTemperature(2).logits(ids);
  expect(halved[0]).toBeCloseTo(model.bag!.model.logits(ids)[0]! / 2, 6);
});
