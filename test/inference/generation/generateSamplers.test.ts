/** @file The samplers in generated texts: every kind of model and tokenizer, the engine's decoder and the reference. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { generate, type GenerationOptions } from "../../../src/inference/generation/generate.js";
import { generateEach } from "../../../src/inference/generation/generateEach.js";
import type { TextModel } from "../../../src/model/model.js";
import { train } from "../../../src/training/run.js";
import { unknownId } from "../../../src/tokenizers/specialTokens.js";
import { backendsHere } from "../../engine/support.js";
import { folderWith } from "../../support/folder.js";
import { eventsOf, loadTextModel, neverStopped, trainedModel } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const folder = folderWith({ "tale.txt": tale(80) });
const path = (name: string): string => join(folder, name);
const short = { epochs: 1, dropout: 0, learningRate: 0.005 };
const models = {
  characters: () => trainedModel(path("characters"), path("tale.txt"), short),
  words: () => trainedModel(path("words"), path("tale.txt"), { ...short, tokenizer: "words" }),
  subwords: () =>
    trainedModel(path("subwords"), path("tale.txt"), { ...short, tokenizer: "subwords", vocabulary: 280 }),
  mix: () => trainedModel(path("mix"), path("tale.txt"), { ...short, mix: "ngram" }),
  ngram: async () => {
    await eventsOf(train(path("tale.txt"), { stop: neverStopped(), out: path("ngram"), given: { model: "ngram" } }));
    return loadTextModel(path("ngram"));
  },
} satisfies Record<string, () => Promise<TextModel>>;
const names = Object.keys(models) as (keyof typeof models)[];

const loaded = new Map<string, TextModel>();
beforeAll(async () => {
  for (const name of names) loaded.set(name, await models[name]());
});

const chain: GenerationOptions = {
  temperature: 0.9,
  repeatPenalty: 1.1,
  dryMultiplier: 0.8,
  topNSigma: 4,
  topK: 30,
  typicalP: 0.98,
  topP: 0.97,
  minP: 0.01,
  xtcProbability: 0.3,
  noRepeatNgram: 12,
};

async function textsOf(model: TextModel, options: GenerationOptions): Promise<string[]> {
  const texts: string[] = [];
  for await (const { sample, text } of generate(model, { maxTokens: 40, seed: 1, ...options }))
    texts[sample] = (texts[sample] ?? "") + text;
  return texts;
}

test.each(names)(
  "generate: a text by all samplers depends on its seed alone, and not on other texts (%s)",
  async (name) => {
    const model = loaded.get(name)!;
    const [alone] = await textsOf(model, { prompt: "the fox", ...chain });
    const among = await textsOf(model, { prompt: "the fox", ...chain, numSamples: 3 });
    expect(among[0]).toBe(alone);
    const mirostat = { temperature: 1, mirostat: 2, mirostatEnt: 1 };
    const three = await textsOf(model, { ...mirostat, numSamples: 3 });
    expect((await textsOf(model, mirostat))[0]).toBe(three[0]);
  },
);

const sameTokens = ["characters", "mix", "ngram"] as const; // of a text that is read again

test.each(sameTokens)(
  "generate: a continued text goes on as the penalties of the whole text say (%s)",
  async (name) => {
    const model = loaded.get(name)!;
    const options = { temperature: 0, repeatPenalty: 1.5, dryMultiplier: 1, noRepeatNgram: 4, prompt: "the hare " };
    const [whole] = await textsOf(model, { ...options, maxTokens: 24 });
    const [half] = await textsOf(model, { ...options, maxTokens: 10 });
    const tokens = (text: string): number => model.tokenizer.encode(text).length;
    const [rest] = await textsOf(model, { ...options, prompt: half!, maxTokens: tokens(whole!) - tokens(half!) });
    expect(rest).toBe(whole);
  },
);

test.each(names)("generate: banned words, characters and biased tokens do not occur (%s)", async (name) => {
  const model = loaded.get(name)!;
  const [text] = await textsOf(model, { temperature: 1.5, ban: ["the", "x", "d t"], maxTokens: 120 });
  expect(text!.match(/[\p{L}\p{M}\p{N}'’]+/gu)?.slice(0, -1)).not.toContain("the");
  expect(text).not.toContain("d t");
  expect(text).not.toContain("x");
});

test.each(names)(
  "generate: a token with a bias of -inf does not occur, for one prompt or several (%s)",
  async (name) => {
    const model = loaded.get(name)!;
    const { tokenizer } = model;
    const greedy = { temperature: 0, maxTokens: 20, prompt: "the fox\n" }; // a line begins with its first token, as a text does
    const firstOf = (text: string): number =>
      tokenizer.encode(text.slice(greedy.prompt.length)).find((id) => id !== unknownId)!;
    const drawn = firstOf((await textsOf(model, greedy))[0]!);
    const biased = { ...greedy, logitBias: { [tokenizer.vocabulary[drawn]!]: -Infinity } };
    const [text] = await textsOf(model, biased);
    expect(firstOf(text!)).not.toBe(drawn);
    const prompts = async function* (): AsyncGenerator<string> {
      yield* [greedy.prompt];
    };
    for await (const one of generateEach(model, prompts(), biased))
      expect(one).toMatchObject({ text: text!.slice(greedy.prompt.length) });
  },
);

test("generate: the samplers draw the same tokens on every backend", async () => {
  const texts: string[] = [];
  for (const backend of backendsHere) {
    const model = await loadTextModel(path("characters"), { backend });
    texts.push((await textsOf(model, { prompt: "the ", ...chain, maxTokens: 20 }))[0]!);
    model.network.dispose();
  }
  expect(new Set(texts).size).toBe(1);
});

test("generate: an unknown token of a bias is an error of one line", async () => {
  await expect(textsOf(loaded.get("words")!, { logitBias: { zebra: 1 } })).rejects.toThrow("not in the vocabulary");
});
