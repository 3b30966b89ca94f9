/** @file New text from small generators. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { numpyRandom } from "../../../src/common/numpyRandom.js";
import { engine } from "../../../src/engine/tfjs.js";
import type { TextModel } from "../../../src/model/model.js";
import { distribution, draw } from "../../../src/inference/generation/distribution.js";
import { generate, type GenerationOptions } from "../../../src/inference/generation/generate.js";
import { StreamReader } from "../../../src/inference/generation/logitReaders.js";
import { defineSampler, removeSampler } from "../../../src/inference/generation/samplerChoice.js";
import { backendsHere } from "../../engine/support.js";
import { folderWith } from "../../support/folder.js";
import { loadTextModel, trainedModel } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const folder = folderWith({ "tale.txt": tale(80), "lines.txt": tale(80) });
const path = (name: string): string => join(folder, name);
const untrained = { epochs: 1, learningRate: 1e-9, dropout: 0 };

/** A generator for each way of reading a corpus, trained little, so that samples differ. */
const models = {
  characters: () => trainedModel(path("characters"), path("tale.txt"), { ...untrained, epochs: 2, learningRate: 0.01 }),
  words: () => trainedModel(path("words"), path("tale.txt"), { ...untrained, tokenizer: "words" }),
  subwords: () =>
    trainedModel(path("subwords"), path("tale.txt"), { ...untrained, tokenizer: "subwords", vocabulary: 280 }),
  learned: () => trainedModel(path("learned"), path("tale.txt"), { ...untrained, learnedInitialState: true }),
  windows: () =>
    trainedModel(path("windows"), path("tale.txt"), {
      ...untrained,
      examples: "windows",
      bidirectional: "yes",
      sequenceLength: 6,
      batchSize: 64,
    }),
  documents: () => trainedModel(path("documents"), path("lines.txt"), { ...untrained, documents: "lines" }),
} satisfies Record<string, () => Promise<TextModel>>;
const names = Object.keys(models) as (keyof typeof models)[];

const loaded = new Map<string, TextModel>();
beforeAll(async () => {
  for (const name of names) loaded.set(name, await models[name]());
});

async function textsOf(model: TextModel, options: Partial<GenerationOptions>): Promise<string[]> {
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

test.each(names)("generate: the same seed gives the same text, for any number of texts (%s)", async (name) => {
  const model = loaded.get(name)!;
  const [alone] = await textsOf(model, { prompt: "the fox" });
  const among = await textsOf(model, { prompt: "the fox", numSamples: 3 });
  expect(among[0]).toBe(alone);
  expect(new Set(among).size).toBe(3);
  expect(await textsOf(model, { prompt: "the fox", seed: 2 })).not.toEqual([alone]);
  expect(alone!.startsWith("the fox")).toBe(true);
});

test.each(["characters", "windows"] as const)(
  "generate: maxTokens counts the generated tokens without the prompt (%s)",
  async (name) => {
    for (const length of [0, 1, 25]) {
      const [text] = await textsOf(loaded.get(name)!, { prompt: "the ", maxTokens: length });
      expect(text).toHaveLength("the ".length + length);
    }
  },
);

test("generate: temperature 0, top-k 1 and a tiny top-p take the most probable token for any seed", async () => {
  const model = loaded.get("characters")!;
  const [greedy] = await textsOf(model, { temperature: 0 });
  expect(await textsOf(model, { temperature: 0, seed: 99 })).toEqual([greedy]);
  expect(await textsOf(model, { topK: 1, seed: 5 })).toEqual([greedy]);
  expect(await textsOf(model, { topP: 1e-9, seed: 5 })).toEqual([greedy]);
});

test.each(["characters", "windows"] as const)(
  "generate: continuing a generated text gives the text of one call (%s)",
  async (name) => {
    const model = loaded.get(name)!;
    const [whole] = await textsOf(model, { prompt: "the hare", temperature: 0, maxTokens: 30 });
    const [half] = await textsOf(model, { prompt: "the hare", temperature: 0, maxTokens: 12 });
    const [rest] = await textsOf(model, { prompt: half!, temperature: 0, maxTokens: 18 });
    expect(rest).toBe(whole);
  },
);

test("generate: a long prompt is read to its end", async () => {
  const model = loaded.get("characters")!;
  const prompt = tale(20); // 800 characters
  const [long] = await textsOf(model, { prompt, temperature: 0 });
  const [same] = await textsOf(model, { prompt: prompt.slice(1), temperature: 0 });
  expect(long!.slice(prompt.length)).toBe(same!.slice(prompt.length - 1));
});

test("generate: a text ends before the first stop text", async () => {
  const model = loaded.get("characters")!;
  const [free] = await textsOf(model, { maxTokens: 60 });
  const stop = free!.slice(20, 23);
  const [stopped] = await textsOf(model, { maxTokens: 60, stop });
  expect(stopped).toBe(free!.slice(0, free!.indexOf(stop)));
  const [first] = await textsOf(model, { maxTokens: 60, stop: [free!.slice(40, 60), stop] });
  expect(first).toBe(stopped);
});

test("generate: a model of a stream generates neither the end token nor the unknown token", async () => {
  const [text] = await textsOf(loaded.get("words")!, { maxTokens: 300 });
  expect(text).not.toContain("<unk>");
  expect(text).not.toContain("<end>");
});

test("generate: a model of documents ends its texts, each with one last piece", async () => {
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
  expect(written.some((text) => text.length < 200)).toBe(true); // a generator with little training ends after some dozens
});

test("generate: every backend gives the same text at temperature 0", async () => {
  const texts: string[] = [];
  for (const backend of backendsHere) {
    const model = await loadTextModel(path("characters"), { backend });
    texts.push((await textsOf(model, { prompt: "the ", temperature: 0, maxTokens: 20 }))[0]!);
    model.network.dispose();
  }
  expect(new Set(texts).size).toBe(1);
});

test("generate: subwords never make half a character, wherever a text ends", async () => {
  const emoji = folderWith({ "emoji.txt": "🦊 éàü 漢字 👩‍🚀 Ωμέγα 💡\n".repeat(60) });
  const model = await trainedModel(join(emoji, "model"), join(emoji, "emoji.txt"), {
    ...untrained,
    tokenizer: "subwords",
    vocabulary: 262,
  });
  for (const maxTokens of [1, 2, 3, 50]) {
    const texts = await textsOf(model, { maxTokens, temperature: 2, numSamples: 40 });
    expect(texts.filter((text) => text.includes("\uFFFD"))).toEqual([]);
    expect(texts.every((text) => text.length > 0)).toBe(true);
  }
  model.network.dispose();
});

test("generate: no tensors are left, even where the caller stops early", async () => {
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

test("generate: random numpy draws as np.random.choice does, each text with the next seed", async () => {
  const model = loaded.get("characters")!;
  const { tokenizer } = model;
  const byHand = (seed: number): string => {
    const random = numpyRandom(seed);
    let text = "the ";
    for (let drawn = 0; drawn < 20; drawn++) {
      const reader = new StreamReader(model.network, { ids: tokenizer.encode(text), rows: 1 });
      const probabilities = distribution(reader.logits(), { temperature: 1, banned: [0, 1] });
      text += tokenizer.decode([draw(probabilities, random)]);
      reader.dispose();
    }
    return text;
  };
  const options = { prompt: "the ", maxTokens: 20, seed: 141, random: "numpy", numSamples: 2 } as const;
  expect(await textsOf(model, options)).toEqual([byHand(141), byHand(142)]);
  await expect(textsOf(model, { seed: 2 ** 32, random: "numpy" })).rejects.toThrow("from 0 to 4294967295");
  await expect(textsOf(model, { random: "python" as never })).rejects.toThrow("expected one of xoroshiro, numpy");
});

test("generate: without options it samples 500 tokens at temperature 0.5, anew each time", async () => {
  const model = loaded.get("characters")!;
  const textOf = async (options?: GenerationOptions): Promise<string> => {
    let text = "";
    for await (const piece of generate(model, options)) text += piece.text;
    return text;
  };
  expect(await textOf()).toHaveLength(500);
  expect(await textOf()).not.toBe(await textOf());
  expect(await textOf({ seed: 3 })).toBe(await textOf({ seed: 3, maxTokens: 500, temperature: 0.5, numSamples: 1 }));
});

test("generate: a sampler of the program's own changes the text", async () => {
  defineSampler("leastProbable", {
    describe: "keep the least probable token",
    range: { from: 1 },
    integer: true,
    apply: ({ ids, count, weights }) => {
      ids[0] = ids.subarray(0, count).reduce((least, id) => (weights[id]! < weights[least]! ? id : least));
      return 1;
    },
  });
  try {
    const model = loaded.get("characters")!;
    const [plain] = await textsOf(model, {});
    const [own] = await textsOf(model, { samplers: { leastProbable: 1 } });
    expect(own).toHaveLength(plain!.length);
    expect(own).not.toBe(plain);
    expect(await textsOf(model, { samplers: { leastProbable: 1 }, seed: 9 })).toEqual([own]);
  } finally {
    removeSampler("leastProbable");
  }
});

test.each([
  [{ maxTokens: -1 }, "maxTokens: expected a whole number from 0, got -1"],
  [{ temperature: -1 }, "temperature: expected a number from 0, got -1"],
  [{ numSamples: 0 }, "numSamples: expected a whole number from 1 to 1024, got 0"],
  [{ seed: 0.5 }, "seed: expected a whole number from 0, got 0.5"],
  [{ lines: 0 }, "lines: expected a whole number from 1, got 0"],
  [{ words: "9..3" }, "words: expected a number of words from 1, or a range as in 20..40, got 9..3"],
  [{ topK: 0 }, "topK: expected a whole number from 1, got 0"],
])("generate: %o is an error that names the field and its range", async (options, message) => {
  await expect(textsOf(loaded.get("characters")!, options)).rejects.toThrow(message);
});

test("generate: a text ends after its lines, sentences or words, never within a word, and says why", async () => {
  const model = loaded.get("characters")!;
  const lastOf = async (options: GenerationOptions): Promise<{ text: string; end: string | undefined }> => {
    let [text, end]: [string, string | undefined] = ["", undefined];
    for await (const piece of generate(model, { seed: 5, temperature: 1, ...options }))
      [text, end] = [text + piece.text, piece.end];
    return { text, end };
  };
  const free = await lastOf({ maxTokens: 400 });
  const lines = free.text.split("\n").filter((line) => line.trim() !== "");
  const two = await lastOf({ lines: 2 });
  expect(two.end).toBe("lines");
  expect(two.text.trim().split(/\s*\n\s*/)).toEqual(lines.slice(0, 2).map((line) => line.trim()));
  const ten = await lastOf({ words: 10 });
  expect(ten).toEqual({ text: expect.stringMatching(/^\s*(?:\S+\s+){9}\S+$/), end: "words" });
  expect(free.text.startsWith(ten.text)).toBe(true);
  const cut = await lastOf({ maxTokens: 20, wholeWords: true });
  expect(cut.end).toBe("max-tokens");
  expect(free.text.startsWith(cut.text)).toBe(true);
  expect(/[\p{L}\p{N}]$/u.test(cut.text) && /^[\p{L}\p{N}]/u.test(free.text.slice(cut.text.length))).toBe(false);
  expect((await lastOf({ stop: free.text.slice(30, 34) })).end).toBe("stop");
});

test("generate: limits that a text does not reach leave it as it is", async () => {
  for (const name of ["characters", "words", "subwords", "documents"] as const) {
    const model = loaded.get(name)!;
    const [free] = await textsOf(model, {});
    const limits = { lines: 500, sentences: 500, wholeWords: false, stop: ["\u0001\u0002"] };
    expect(await textsOf(model, limits)).toEqual([free]);
  }
});

test("generate: a model of documents writes the least number of words, and not beyond the largest", async () => {
  const texts = await textsOf(loaded.get("documents")!, { numSamples: 20, words: "12..15", maxTokens: 2000 });
  const counts = texts.map((text) => text.match(/\S+/g)!.length);
  expect(counts.every((count) => count >= 12 && count <= 15)).toBe(true);
});
