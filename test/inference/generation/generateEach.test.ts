/** @file Texts after many prompts. */
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Unreadable } from "../../../src/corpus/document.js";
import { UserError } from "../../../src/common/errors.js";
import { engine } from "../../../src/engine/tfjs.js";
import { generate, type GenerationOptions } from "../../../src/inference/generation/generate.js";
import { type GeneratedText, generateEach } from "../../../src/inference/generation/generateEach.js";
import { promptIds } from "../../../src/inference/generation/promptIds.js";
import { probabilitiesOf } from "../../../src/inference/scoring/tokenProbabilities.js";
import type { TextModel } from "../../../src/model/model.js";
import { train } from "../../../src/training/run.js";
import { endId } from "../../../src/tokenizers/specialTokens.js";
import { folderWith } from "../../support/folder.js";
import { eventsOf, loadTextModel, neverStopped, trainedModel } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const folder = folderWith({ "tale.txt": tale(80) });
const path = (name: string): string => join(folder, name);
const little = { epochs: 1, learningRate: 0.01, dropout: 0 };
const models = {
  characters: { ...little },
  words: { ...little, tokenizer: "words", mix: "ngram" },
  subwords: { ...little, tokenizer: "subwords", vocabulary: 280 },
  documents: { ...little, documents: "lines" },
  windows: { ...little, examples: "windows", bidirectional: "yes", sequenceLength: 6, batchSize: 64 },
} as const;
const names = [...(Object.keys(models) as (keyof typeof models)[]), "ngrams"] as const;
const loaded = new Map<string, TextModel>();
beforeAll(async () => {
  for (const [name, given] of Object.entries(models))
    loaded.set(name, await trainedModel(path(name), path("tale.txt"), given));
  const given = { model: "ngram", tokenizer: "characters" } as const;
  await eventsOf(train(path("tale.txt"), { stop: neverStopped(), out: path("ngrams"), given }));
  loaded.set("ngrams", await loadTextModel(path("ngrams")));
});

async function* each<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}

async function textsOf(
  model: TextModel,
  prompts: Iterable<string | Unreadable>,
  options: GenerationOptions,
  batch?: number,
): Promise<(GeneratedText | Unreadable)[]> {
  const texts: (GeneratedText | Unreadable)[] = [];
  for await (const text of generateEach(model, each(prompts), options, batch)) texts.push(text);
  return texts;
}

/** The generated text of one prompt alone. */
async function alone(model: TextModel, prompt: string, options: GenerationOptions): Promise<string> {
  let text = "";
  for await (const piece of generate(model, { ...options, prompt })) text += piece.text;
  return text.slice(prompt.length);
}

const options = { temperature: 1, seed: 4, maxTokens: 30 };
const prompts = ["the fox", "", "the hare took the road", "a", tale(3), "the fox", "zebra", "the", "owl"];

test.each(names)("prompts: each text is that of its prompt alone, in order, for any batch (%s)", async (name) => {
  const model = loaded.get(name)!;
  const expected: string[] = [];
  for (const prompt of prompts) expected.push(await alone(model, prompt, options));
  for (const batch of [1, 4, 64]) {
    const texts = (await textsOf(model, prompts, options, batch)) as GeneratedText[];
    expect(texts.map(({ prompt }) => prompt)).toEqual(prompts);
    expect(texts.map(({ text }) => text)).toEqual(expected);
  }
});

test.each(["characters", "windows"] as const)(
  "prompts: a backend without a decoder gives these texts too (%s)",
  async (name) => {
    const model = await loadTextModel(path(name), { backend: "cpu" });
    const [few, short] = [prompts.slice(0, 4), { ...options, temperature: 0, maxTokens: 8 }];
    const texts = (await textsOf(model, few, short, 3)) as GeneratedText[];
    for (const [index, prompt] of few.entries()) expect(texts[index]!.text).toBe(await alone(model, prompt, short));
    model.dispose();
  },
);

test.each(names)("prompts: the score is the log probability of the drawn tokens (%s)", async (name) => {
  const model = loaded.get(name)!;
  const { tokenizer, document } = model;
  const [found] = (await textsOf(model, ["the fox"], { ...options, maxTokens: 12, topK: 3 })) as GeneratedText[];
  const context = promptIds(tokenizer, document.corpus.shape, tokenizer.encode("the fox"));
  const drawn = tokenizer.encode(`the fox${found!.text}`).slice(tokenizer.encode("the fox").length);
  const ids = [...context, ...drawn, ...(found!.end === "document" ? [endId] : [])];
  expect(ids.length - context.length).toBe(found!.tokens);
  const [probabilities] = probabilitiesOf(model, [{ ids, context: context.length }]);
  const sum = probabilities!.reduce((total, probability) => total + Math.log(probability), 0);
  expect(found!.score).toBeCloseTo(sum, 3);
});

test("prompts: several texts of a prompt come one after the other, as those of `generate`", async () => {
  const model = loaded.get("documents")!;
  const texts = (await textsOf(model, ["the fox", "the"], { ...options, numSamples: 3 }, 4)) as GeneratedText[];
  expect(texts.map(({ prompt, sample }) => [prompt, sample])).toEqual(
    ["the fox", "the"].flatMap((prompt) => [0, 1, 2].map((sample) => [prompt, sample])),
  );
  let third = "";
  for await (const { sample, text } of generate(model, { ...options, prompt: "the", numSamples: 3 }))
    if (sample === 2) third += text;
  expect(`the${texts[5]!.text}`).toBe(third);
});

test("prompts: one that cannot be read is passed on in its place, and the first texts of endless prompts come", async () => {
  const model = loaded.get("characters")!;
  const bad: Unreadable = { skipped: "bad", line: 2, reason: "not text", source: "here" };
  const found = await textsOf(model, ["a", bad, "b"], { ...options, maxTokens: 2 });
  expect(found.map((one) => ("skipped" in one ? one : one.prompt))).toEqual(["a", bad, "b"]);
  let asked = 0;
  const endless = async function* (): AsyncGenerator<string> {
    for (;;) yield `prompt ${asked++}`;
  };
  const before = engine().memory().numTensors;
  let count = 0;
  for await (const _ of generateEach(model, endless(), { ...options, maxTokens: 3 }, 8)) if (++count === 100) break;
  expect(asked).toBeLessThan(400);
  expect(engine().memory().numTensors).toBe(before);
});

test("prompts: a failure to read prompts comes after the texts of the prompts before", async () => {
  const failing = async function* (): AsyncGenerator<string> {
    yield* ["the", "fox"];
    throw new UserError("the file is gone");
  };
  const texts: string[] = [];
  const read = async (): Promise<void> => {
    for await (const one of generateEach(loaded.get("characters")!, failing(), { seed: 1, maxTokens: 30 }, 2))
      if ("text" in one) texts.push(one.prompt);
  };
  await expect(read()).rejects.toThrow("the file is gone");
  expect(texts).toEqual(["the", "fox"]);
});

test("prompts: who wants no more texts does not wait for the next prompt", async () => {
  const silent = async function* (): AsyncGenerator<string> {
    yield "the";
    await new Promise(() => undefined); // never
  };
  let count = 0;
  for await (const _ of generateEach(loaded.get("characters")!, silent(), options)) if (++count === 1) break;
  expect(count).toBe(1);
});

test("prompts: a slow source of prompts has its answers before the next prompt", async () => {
  const model = loaded.get("characters")!;
  const answers = new EventEmitter();
  const slow = async function* (): AsyncGenerator<string> {
    for (const prompt of ["the", "a", "the fox"]) {
      const answer = once(answers, prompt);
      yield prompt;
      await answer;
    }
  };
  let answered = 0;
  for await (const text of generateEach(model, slow(), options)) {
    answers.emit((text as GeneratedText).prompt);
    answered++;
  }
  expect(answered).toBe(3);
});
