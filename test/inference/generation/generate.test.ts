/** @file New text from models that were trained a moment ago. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { engine } from "../../../src/engine/tfjs.js";
import { loadTextModel, type TextModel } from "../../../src/model/model.js";
import { generate, type GenerateOptions } from "../../../src/inference/generation/generate.js";
import { backendsHere } from "../../engine/support.js";
import { folderWith } from "../../support/folder.js";
import { trainedModel } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const folder = folderWith({ "tale.txt": tale(80), "lines.txt": tale(80) });
const place = (name: string): string => join(folder, name);
const untrained = { epochs: 1, learningRate: 1e-9, dropout: 0 };

/** Each arranged and cut in a way of its own; far from certain of anything, so that chance shows. */
const models = {
  characters: () =>
    trainedModel(place("characters"), place("tale.txt"), { ...untrained, epochs: 2, learningRate: 0.01 }),
  words: () => trainedModel(place("words"), place("tale.txt"), { ...untrained, tokenizer: "words" }),
  subwords: () =>
    trainedModel(place("subwords"), place("tale.txt"), { ...untrained, tokenizer: "subwords", vocabulary: 280 }),
  learned: () => trainedModel(place("learned"), place("tale.txt"), { ...untrained, learnedInitialState: true }),
  windows: () =>
    trainedModel(place("windows"), place("tale.txt"), {
      ...untrained,
      examples: "windows",
      bidirectional: "yes",
      sequenceLength: 6,
      batchSize: 64,
    }),
  documents: () => trainedModel(place("documents"), place("lines.txt"), { ...untrained, documents: "lines" }),
} satisfies Record<string, () => Promise<TextModel>>;
const names = Object.keys(models) as (keyof typeof models)[];

const loaded = new Map<string, TextModel>();
beforeAll(async () => {
  for (const name of names) loaded.set(name, await models[name]());
});

async function textsOf(model: TextModel, options: Partial<GenerateOptions>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { sample, text } of generate(model, {
    maxTokens: 40,
    temperature: 1,
    numSamples: 1,
    seed: 1,
    ...options,
  }))
    texts[sample] = (texts[sample] ?? "") + text;
  return texts;
}

test.each(names)("%s: the same seed writes the same text, whatever the number of texts beside it", async (name) => {
  const model = loaded.get(name)!;
  const [alone] = await textsOf(model, { prompt: "the fox" });
  const among = await textsOf(model, { prompt: "the fox", numSamples: 3 });
  expect(among[0]).toBe(alone);
  expect(new Set(among).size).toBe(3);
  expect(await textsOf(model, { prompt: "the fox", seed: 2 })).not.toEqual([alone]);
  expect(alone!.startsWith("the fox")).toBe(true);
});

test.each(["characters", "windows"] as const)("%s: as many as asked for, the prompt not counted", async (name) => {
  for (const length of [0, 1, 25]) {
    const [text] = await textsOf(loaded.get(name)!, { prompt: "the ", maxTokens: length });
    expect(text).toHaveLength("the ".length + length);
  }
});

test("at temperature zero every seed writes the likeliest text, as a choice of one does", async () => {
  const model = loaded.get("characters")!;
  const [greedy] = await textsOf(model, { temperature: 0 });
  expect(await textsOf(model, { temperature: 0, seed: 99 })).toEqual([greedy]);
  expect(await textsOf(model, { topK: 1, seed: 5 })).toEqual([greedy]);
  expect(await textsOf(model, { topP: 1e-9, seed: 5 })).toEqual([greedy]);
});

test.each(["characters", "windows"] as const)("%s: going on from what it wrote is having written on", async (name) => {
  const model = loaded.get(name)!;
  const [whole] = await textsOf(model, { prompt: "the hare", temperature: 0, maxTokens: 30 });
  const [half] = await textsOf(model, { prompt: "the hare", temperature: 0, maxTokens: 12 });
  const [rest] = await textsOf(model, { prompt: half!, temperature: 0, maxTokens: 18 });
  expect(rest).toBe(whole);
});

test("a prompt longer than what is read at once is read to its end", async () => {
  const model = loaded.get("characters")!;
  const prompt = tale(20); // 800 characters
  const [long] = await textsOf(model, { prompt, temperature: 0 });
  const [same] = await textsOf(model, { prompt: prompt.slice(1), temperature: 0 });
  expect(long!.slice(prompt.length)).toBe(same!.slice(prompt.length - 1));
});

test("a text ends before the stop text", async () => {
  const model = loaded.get("characters")!;
  const [free] = await textsOf(model, { maxTokens: 60 });
  const stop = free!.slice(20, 23);
  const [stopped] = await textsOf(model, { maxTokens: 60, stop });
  expect(stopped).toBe(free!.slice(0, free!.indexOf(stop)));
});

test("a stream never ends itself; unknown tokens are never written", async () => {
  const [text] = await textsOf(loaded.get("words")!, { maxTokens: 300 });
  expect(text).not.toContain("<unk>");
  expect(text).not.toContain("<end>");
});

test("a model of documents ends its texts, each with one last piece", async () => {
  const model = loaded.get("documents")!;
  const ends: number[] = [];
  const written = Array<string>(20).fill("");
  const options = { maxTokens: 200, temperature: 1, numSamples: 20, seed: 3 };
  for await (const { sample, text, ended } of generate(model, options)) {
    expect(ends).not.toContain(sample);
    written[sample] += text;
    if (ended) ends.push(sample);
  }
  expect(ends.toSorted((left, right) => left - right)).toEqual([...ends.keys()]);
  expect(written.some((text) => text.length < 200)).toBe(true); // an untrained one ends after some dozens
});

test("every backend writes the same likeliest text", async () => {
  const texts: string[] = [];
  for (const backend of backendsHere) {
    const model = await loadTextModel(place("characters"), { backend });
    texts.push((await textsOf(model, { prompt: "the ", temperature: 0, maxTokens: 20 }))[0]!);
    model.network.dispose();
  }
  expect(new Set(texts).size).toBe(1);
});

test("writing leaves no tensors behind, even where it is broken off", async () => {
  for (const name of ["characters", "windows"] as const) {
    const model = loaded.get(name)!;
    await textsOf(model, { maxTokens: 3 });
    const before = engine().memory().numTensors;
    await textsOf(model, { maxTokens: 50, numSamples: 2 });
    for await (const piece of generate(model, { maxTokens: 50, temperature: 1, numSamples: 1, seed: 1 }))
      if (piece.text !== "") break;
    expect(engine().memory().numTensors).toBe(before);
  }
});
