/** @file The library's functions on the bundled models: each input form, each default. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import {
  classify,
  contributions,
  evaluate,
  exportModel,
  generate,
  inspect,
  loadModel,
  logprobs,
  misspellings,
  type ModelOf,
  neighbours,
  predict,
  readTexts,
  report,
  score,
  tag,
  train,
} from "../../src/index.js";
import { engine } from "../../src/engine/tfjs.js";
import { folderWith } from "../support/folder.js";
import { csvOf, opinions } from "../support/texts.js";

const series = Array.from({ length: 60 }, (_, hour) => `${hour},${3 + 2 * Math.sin(hour / 4)}`).join("\n");
const folder = folderWith({
  "lines.txt": "not bad at all\n\nnot worth a penny\n",
  "opinions.csv": csvOf(opinions(10)),
  "tide.csv": `hour,height\n${series}\n`,
});

let storyteller: ModelOf<"generator">;
beforeAll(async () => {
  storyteller = await loadModel("storyteller", { task: "generator" });
});

test("generate: awaiting returns whole texts, iterating returns their pieces", async () => {
  const options = { prompt: "Once", maxTokens: 20, numSamples: 2, seed: 1 };
  const texts = await generate("storyteller", options);
  expect(texts).toHaveLength(2);
  expect(texts[0]).toMatch(/^Once.{20}$/s);
  const pieces = ["", ""];
  for await (const { sample, text } of generate(storyteller, options)) pieces[sample] += text;
  expect(pieces).toEqual(texts);
});

test("generate: without a seed each call returns another text", async () => {
  const options = { maxTokens: 40, temperature: 1 };
  expect(await generate(storyteller, options)).not.toEqual(await generate(storyteller, options));
});

test("generate: results are read once, and a model of another task is a UserError", async () => {
  const stream = generate(storyteller, { maxTokens: 1 });
  await stream;
  expect(() => stream[Symbol.asyncIterator]()).toThrow("call the function again");
  const critic = await loadModel("critic");
  await expect(generate(critic as typeof storyteller)).rejects.toThrow(/critic is a classifier.*generator/);
  await expect(generate(storyteller, { topP: 2 })).rejects.toThrow("topP: expected a number");
});

test("logprobs: each token has the most probable next tokens", async () => {
  const [, second] = await logprobs(storyteller, "Th", { top: 3 });
  expect(second!.token).toBe("h");
  expect(second!.next[0]).toMatchObject({ token: "e", probability: expect.any(Number) });
  expect(second!.next).toHaveLength(3);
});

test("classify: a text, an array, a generator, an async iterable and a file give the same labels", async () => {
  const texts = ["not bad at all", "", "not worth a penny"];
  const labels = await classify("critic", texts);
  expect(labels.map(([best]) => best!.label)[0]).toBe("positive");
  expect(await classify("critic", texts[0]!)).toEqual([labels[0]]);
  expect(await classify("critic", texts.values())).toEqual(labels);
  expect(await classify("critic", readTexts(join(folder, "lines.txt")))).toEqual(labels);
  expect(await classify("critic", readTexts(join(folder, "opinions.csv")))).toHaveLength(10);
});

test("classify: leaving the loop stops an endless input", async () => {
  let read = 0;
  function* endless() {
    for (;;) {
      read++;
      yield "fine";
    }
  }
  for await (const [best] of classify("critic", endless())) {
    expect(best).toBeDefined();
    break;
  }
  expect(read).toBeLessThan(1000);
});

test("contributions: each word has its span and its contribution to each label", async () => {
  const words = await contributions("critic", "lovely but cold");
  expect(words.map(({ start, end }) => [start, end])).toEqual([
    [0, 6],
    [7, 10],
    [11, 15],
  ]);
  expect(words[0]!.contributions).toHaveLength(2);
});

test("predict: one sequence or several, as rows of numbers", async () => {
  const out = join(folder, "tide");
  const columns = { labelColumn: "height", valueColumns: "height", window: 4, horizon: 1 };
  await train(join(folder, "tide.csv"), { ...columns, task: "regressor", units: 4, epochs: 1, batchSize: 8, out });
  const sequence = [[3], [3.5], [4], [4.4]];
  const [one] = await predict(out, sequence);
  expect(await predict(out, [sequence, sequence])).toEqual([one, one]);
  await expect(predict(out, [[1], [1, 2]])).rejects.toThrow("rows of the same width");
});

test("tag: sentences may be texts or arrays of words", async () => {
  const out = join(folder, "tagger");
  await train("corpora/tagged.conllu", { embedding: 8, charUnits: 0, units: 8, epochs: 1, out });
  const [sentence] = await tag(out, "The dog barks.");
  expect(sentence!.words).toEqual(["The", "dog", "barks", "."]);
  expect(sentence!.tags).toHaveLength(4);
  expect(await tag(out, [sentence!.words])).toEqual([sentence]);
});

test("score and misspellings: a line has its log-probability and its misspelled words", async () => {
  const [line] = await score(storyteller, "The hare came to the well.");
  expect(line!.perplexity).toBeLessThan(10);
  const [checked] = await misspellings(storyteller, "The hare came to the wlel.");
  expect(checked!.misspellings.map(({ text, suggestions }) => [text, suggestions[0]!.text])).toEqual([
    ["wlel", "well"],
  ]);
});

test("neighbours: a word has its nearest tokens, an unknown word has null", async () => {
  const [good, none] = await neighbours("critic", ["good", "qqqq"], { top: 3 });
  expect(good!.neighbors).toHaveLength(3);
  expect(none).toEqual({ word: "qqqq", neighbors: null });
});

test("library: inspect, evaluate, report and exportModel take the name of a checkpoint", async () => {
  expect((await inspect("critic")).document.task).toBe("classifier");
  expect(await evaluate("critic", "corpora/reviews.csv")).toMatchObject({ accuracy: expect.any(Number) });
  const page = join(folder, "page.html");
  expect((await report("critic", { out: page })).page).toMatch(/^<!doctype html>/i);
  const out = join(folder, "vectors");
  expect(await exportModel("critic", { out, sentences: ["good", { text: "bad", label: "negative" }] })).toBe(out);
});

test("loadModel: a disposed model leaves no memory behind", async () => {
  const tensors = (): number => engine().memory().numTensors;
  const loadAndUse = async (free: (model: ModelOf<"classifier">) => void): Promise<void> => {
    const model = await loadModel("critic", { task: "classifier" });
    await classify(model, ["not bad at all"]);
    free(model);
  };
  const before = tensors();
  await loadAndUse((model) => model.dispose());
  await loadAndUse((model) => model[Symbol.dispose]());
  await loadAndUse((model) => {
    model.dispose();
    model.dispose();
  });
  expect(tensors()).toBe(before);
});
