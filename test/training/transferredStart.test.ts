/** @file Classifiers and regressors that start from a generator: --from with another task. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.js";
import type { Recipe } from "../../src/options/recipe.js";
import { resume, type RunEvent, train } from "../../src/training/run.js";
import type { StartOptions } from "../../src/training/startingPoint.js";
import { folderWith } from "../support/folder.js";
import { comparableContent, documentIn, eventsOf, loadTextModel, neverStopped, trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const folder = folderWith({
  "tale.txt": tale(80),
  "opinions.csv": csvOf(opinions(60)),
  "stars.csv": csvOf(opinions(60).map(({ text }, index) => ({ text, label: String(index / 4) }))),
});
const pathOf = (name: string): string => join(folder, name);

beforeAll(async () => {
  await trainInto(pathOf("words"), pathOf("tale.txt"), { tokenizer: "words", units: [12, 12], epochs: 3 });
});

type Start = Partial<StartOptions> & { task?: "classifier" | "regressor" | "tagger"; stopAt?: number };

const startInto = (
  out: string,
  corpus: string,
  { task = "classifier", stopAt, ...start }: Start,
  given: Partial<Recipe>,
) => {
  const controller = new AbortController();
  return eventsOf(
    train(pathOf(corpus), {
      backend: "auto",
      stop: controller.signal,
      out: pathOf(out),
      task,
      start: { from: pathOf("words"), ...start },
      given: { batchSize: 4, epochs: 2, ...given },
    }),
    (event) => {
      if (event.type === "step" && event.step === stopAt) controller.abort();
    },
  );
};

const weightsOf = async (name: string) => (await loadCheckpoint(pathOf(name), { training: false })).weights;
const begin = (events: RunEvent[]) => events.find((event) => event.type === "begin")!;

test("from: a classifier starts with the embedding and the layers of a generator, and a new output layer", async () => {
  const events = await startInto(
    "forward",
    "opinions.csv",
    { freeze: ["embedding", "layers"] },
    { bidirectional: "no" },
  );
  expect(begin(events)).toMatchObject({ task: "classifier", labels: ["blame", "praise"] });
  expect(JSON.stringify(begin(events))).toContain("the first layers are those of the generator");
  const [generator, classifier] = [await weightsOf("words"), await weightsOf("forward")];
  const recurrent = (weights: typeof generator) =>
    [...weights].flatMap(([name, { values }]) => (name.includes("recurrent/") ? [values] : []));
  expect(recurrent(classifier)).toHaveLength(6);
  expect(recurrent(classifier)).toEqual(recurrent(generator));
  const { values } = generator.get("0-embedding/table")!;
  const table = classifier.get("0-embedding/table")!;
  expect(table.values.slice(0, values.length)).toEqual(values);
  expect(table.values.length).toBeGreaterThan(values.length); // for the words of the opinions
  const { tokenizer } = await loadTextModel(pathOf("forward"));
  expect(tokenizer.vocabulary).toContain("flimsy");
});

test("from: of a network of both directions the first layer reads forward as the generator does", async () => {
  await startInto("both", "opinions.csv", { freeze: ["layers"] }, {});
  const [generator, classifier] = [await weightsOf("words"), await weightsOf("both")];
  const kernels = (weights: typeof generator) =>
    [...weights].flatMap(([name, { values }]) => (name.endsWith("forward/kernel") ? [values] : []));
  const [[first, second], [ownFirst, ownSecond]] = [kernels(generator), kernels(classifier)];
  expect(ownFirst).toEqual(first);
  expect(ownSecond!.length).toBe(2 * second!.length);
});

test("from: a regressor starts from a generator too", async () => {
  const events = await startInto("stars", "stars.csv", { task: "regressor" }, {});
  expect(begin(events)).toMatchObject({ task: "regressor" });
});

test("from: a run from a generator that was stopped ends with the same bits", async () => {
  await startInto("whole", "opinions.csv", {}, { dropout: 0.3 });
  await startInto("parts", "opinions.csv", { stopAt: 10 }, { dropout: 0.3 });
  expect(documentIn(pathOf("parts"))).toMatchObject({ progress: { step: 10 } });
  await eventsOf(resume(pathOf("parts"), { backend: "auto", stop: neverStopped(), given: {} }));
  expect(comparableContent(pathOf("parts"))).toEqual(comparableContent(pathOf("whole")));
});

test.each<[string, Start, Partial<Recipe>, string]>([
  ["other units", {}, { units: [16] }, "--units 16 contradicts --from"],
  ["another tokenizer", {}, { tokenizer: "characters" }, "--tokenizer characters contradicts --from"],
  ["--replay", { replay: 0.1 }, {}, "--replay needs labels, but --from"],
  ["a tagger", { task: "tagger" }, {}, "is a generator, from which no tagger can start"],
])("from: %s is one clear line", async (_, start, given, message) => {
  await expect(startInto("refused", "opinions.csv", start, given)).rejects.toThrow(message);
});
