/** @file A classifier of texts keeps its network, a bag of n-grams, or both: chosen, saved, loaded, resumed, and used by the commands. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { classifyBatch } from "../../src/inference/classification/classify.js";
import { outputsOf } from "../../src/inference/classification/outputs.js";
import { loadModel } from "../../src/model/model.js";
import { randomStream } from "../../src/common/random.js";
import type { Recipe } from "../../src/options/recipe.js";
import { resume, train } from "../../src/training/run.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, eventsOf, neverStopped } from "../support/models.js";
import { csvOf } from "../support/texts.js";

const random = randomStream(4, "reports");
const pick = <One>(from: readonly One[]): One => from[Math.floor(from.length * random())]!;
/** The label is in a word, often a rare one, and the order of two others decides some. */
const reports = Array.from({ length: 500 }, (_, index) => {
  const isGood = index % 2 === 0;
  const mood = pick(isGood ? ["calm", "sunny", "kind"] : ["grim", "stormy", "rude"]);
  const order = isGood ? "first rest then work" : "first work then rest";
  const told = random() < 0.5 ? `it was ${mood}${Math.floor(20 * random())}` : order;
  return {
    text: `on day ${Math.floor(1000 * random())} ${told} and we went home`,
    label: isGood ? "good" : "bad",
  };
});
const cwd = folderWith({ "reports.csv": csvOf(reports) });
const path = (name: string): string => join(cwd, name);
const corpus = path("reports.csv");
const texts = reports.slice(0, 20).map(({ text }) => text);
const little = {
  units: [6],
  embedding: 6,
  epochs: 8,
  learningRate: 0.02,
  schedule: "constant",
} satisfies Partial<Recipe>;

const trained = (out: string, given: Partial<Recipe> = {}) =>
  eventsOf(train(corpus, { stop: neverStopped(), out: path(out), given: { ...little, ...given } }));

const chosenIn = (events: Awaited<ReturnType<typeof trained>>) =>
  events.flatMap((event) => (event.type === "label-model" ? [event] : []));

const lastResult = (events: Awaited<ReturnType<typeof trained>>) => {
  const last = events.at(-1);
  if (last?.type !== "result" || !last.result) throw new Error("expected a result");
  return last.result;
};

test("label model: a run without --model keeps the model with the lowest validation loss, and says so", async () => {
  const events = await trained("auto");
  const [chosen] = chosenIn(events);
  const { kept, losses } = chosen!;
  expect(losses[kept]).toBe(Math.min(...Object.values(losses)));
  expect(documentIn(path("auto")).options).toMatchObject({ model: "auto", lowercase: "true" });
});

test("label model: with --wide the logits are a weighted sum, which evaluate scores again", async () => {
  const events = await trained("wide", { wide: 2 });
  const [{ kept, weights, losses }] = chosenIn(events) as [ReturnType<typeof chosenIn>[number]];
  expect(kept).toBe("both");
  expect(losses.both).toBeLessThanOrEqual(Math.min(losses.network, losses.bag) + 1e-6);
  const result = lastResult(events);
  expect(result.name).toBe("network + bag of n-grams");
  expect(result.baselines.map(({ name }) => name)).toEqual(["network", "bag of n-grams", "majority class"]);
  using model = await loadModel(path("wide"), { task: "classifier" });
  const alone = Object.create(model, { bag: { value: undefined } }) as typeof model;
  const network = outputsOf(alone, texts);
  for (const [index, sum] of outputsOf(model, texts).entries()) {
    const own = model.bag!.model.logits(model.inputs === "tokens" ? model.tokenizer.encode(texts[index]!) : []);
    for (const [label, logit] of sum.entries())
      expect(logit).toBeCloseTo(weights.network * network[index]![label]! + weights.bag * own[label]!, 5);
  }
  expect(classifyBatch(model, texts.slice(3, 4))[0]).toEqual(classifyBatch(model, texts)[3]);
  const { accuracy, loss, name } = await evaluate(model);
  expect({ accuracy, loss, name }).toEqual({ accuracy: result.accuracy, loss: result.loss, name: result.name });
});

test("label model: a resumed run chooses again, with the scores of an uninterrupted one", async () => {
  const whole = await trained("whole", { epochs: 2 });
  await trained("resumed", { epochs: 1 });
  const again = await eventsOf(resume(path("resumed"), { stop: neverStopped(), given: { epochs: 2 } }));
  expect(chosenIn(again)).toEqual(chosenIn(whole));
  expect(lastResult(again)).toEqual(lastResult(whole));
});

test("label model: --model network fits no bag, and neither does a run without a validation part", async () => {
  expect((await trained("alone", { model: "network", epochs: 1 })).map(({ type }) => type)).not.toContain("bag");
  expect((await trained("unchecked", { validation: "0", epochs: 1 })).map(({ type }) => type)).not.toContain("bag");
});

test("train: a classifier without options prints the bag and what is kept, and classify and export work", async () => {
  const { stderr, code } = await rnn(["train", "reports.csv", "--out", "printed", "--epochs", "8", "--wide", "1"], {
    cwd,
  });
  expect(code).toBe(0);
  expect(stderr).toContain("kept: network + bag of n-grams");
  const input = reports.slice(0, 40).map(({ text }) => `${text}\n`);
  const labels = await rnn(["classify", "-c", "./printed"], { cwd, input: input.join("") });
  const found = labels.stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[0]);
  expect(found.filter((label, row) => label === reports[row]!.label).length).toBeGreaterThan(30);
  const exported = await rnn(["export", "-c", "./printed", "--to", "onnx", "--out", "onnx"], { cwd });
  expect(exported.stderr).toContain("onnx has the network alone");
});
