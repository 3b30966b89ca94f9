/** @file Tokens, windows, cells, experiments and the language model of the library. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { compare, languageModel, loadModel, step, tokenize, tune, windows } from "../../src/index.js";
import { folderWith } from "../support/folder.js";
import { csvOf, opinions } from "../support/texts.js";

const folder = folderWith({ "opinions.csv": csvOf(opinions(80)) });
const table = join(folder, "opinions.csv");
const tiny = { embedding: 4, units: 4, batchSize: 8 };

test("tokenize: the tokenizer comes from texts, a checkpoint or a model", async () => {
  const [own] = await tokenize("the owl, the crow", { vocabulary: 100 });
  expect(own!.tokens).toEqual(["the", " ", "owl", ",", " ", "the", " ", "crow"].filter((token) => token !== " "));
  const [bundled] = await tokenize("owl", { checkpoint: "storyteller" });
  expect(bundled!.tokens).toEqual(["o", "w", "l"]);
  const { tokenizer } = await loadModel("storyteller", { task: "generator" });
  expect(await tokenize("owl", { tokenizer })).toEqual([bundled]);
});

// Course row 3.11: docs/guide/README.md#course-rows
test("windows: a sentence has its n-grams and the token after each", async () => {
  const all = await windows("I went to the beach with my dog");
  expect(all.map(({ inputs, target }) => `${inputs.join(" ")} → ${target}`)).toEqual([
    "I went to the beach → with",
    "went to the beach with → my",
    "to the beach with my → dog",
  ]);
  expect(await windows("I went to", { sequenceLength: 2, prefixes: true })).toHaveLength(2);
});

test("step: a cell's equations have values for given rows or for random ones", async () => {
  const steps = await step({ cell: "rnn", units: 2, rows: [[1], [0]] });
  expect(steps.map(({ input }) => input)).toEqual([[1], [0]]);
  expect(steps[1]!.state[0]).toEqual(steps[0]!.equations.at(-1)!.values);
  const [random] = await step();
  expect(random!.input).toHaveLength(6);
});

test("compare: the result has every run and a summary", async () => {
  const { runs, summary } = await compare(table, { ...tiny, networks: ["mean", "lstm"], seeds: 1, epochs: 1 });
  expect(runs.map(({ network }) => network)).toEqual(["mean", "lstm"]);
  expect(summary!.networks).toHaveLength(2);
});

test("tune: the result has every try, the best one and the command that trains with it", async () => {
  const { tries, summary, command } = await tune(table, { ...tiny, for: 1, tries: 2 });
  expect(tries).toContain(summary!.winner);
  expect(command).toMatch(/^rnn train .*opinions\.csv .*--units/);
});

// Course row 1.4: docs/guide/README.md#course-rows
test("languageModel: learns a sequence of tokens and continues it", async () => {
  const options = { vocabulary: 12, maxLength: 10, units: 16, layers: 2, keepProbability: 0.9, seed: 1 };
  const model = await languageModel(options);
  expect(model.spec.layers.filter(({ type }) => type === "recurrent")).toHaveLength(2);
  expect(model.spec.layers).toContainEqual({ type: "dropout", rate: expect.closeTo(0.1) });
  const counting = Array.from({ length: 600 }, (_, index) => index % 12);
  const { losses } = await model.fit(counting, { epochs: 30, batchSize: 4, learningRate: 0.02, validation: counting });
  expect(losses.at(-1)!.validation).toBeLessThan(losses[0]!.validation! / 2);
  expect(model.sample({ prompt: counting.slice(0, 18), maxTokens: 4, temperature: 0 })).toEqual([6, 7, 8, 9]);
  const next = model.probabilities(counting.slice(0, 18));
  expect(next.indexOf(Math.max(...next))).toBe(6);
  model.dispose();
});

test.each([
  [{ vocabulary: 1 }, "vocabulary: expected"],
  [{ keepProbability: 0 }, "keepProbability: expected a number from 0.05 to 1, got 0"],
  [{ units: 0 }, "units: expected a whole number from 1"],
])("languageModel: %o is a UsageError", async (wrong, message) => {
  await expect(languageModel({ vocabulary: 12, maxLength: 10, units: 16, ...wrong })).rejects.toThrow(message);
});

test("languageModel: a number of tokens below 0 is a UsageError", async () => {
  const model = await languageModel({ vocabulary: 3, units: 4 });
  expect(() => model.sample({ prompt: [1], maxTokens: -1 })).toThrow(
    "maxTokens: expected a whole number from 0, got -1",
  );
  model.dispose();
});

test("languageModel: a token out of the vocabulary is a UserError", async () => {
  const model = await languageModel({ vocabulary: 3, maxLength: 4, units: 4 });
  await expect(model.fit([0, 1, 3])).rejects.toThrow("token 3 is not in the vocabulary: ids are 0 … 2");
  model.dispose();
});
