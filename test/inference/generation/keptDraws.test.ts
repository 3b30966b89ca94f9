/** @file A seed keeps its text: draws that earlier versions made, without any of the samplers and options that came after them. */
import { expect, test } from "vitest";
import { randomStream } from "../../../src/common/random.js";
import { createSamplerChain, type DistributionOptions } from "../../../src/inference/generation/distribution.js";
import { generate, type GenerationOptions } from "../../../src/inference/generation/generate.js";
import { loadTextModel } from "../../support/models.js";

const random = randomStream(1, "kept");
const rows = Array.from({ length: 12 }, () => Float32Array.from({ length: 50 }, () => 12 * random() - 6));

/** The ids that a chain draws from the same rows of logits. */
function drawn(options: DistributionOptions): number[] {
  const chain = createSamplerChain(options);
  const uniform = randomStream(2, "kept");
  return rows.map((logits) => chain(logits, uniform));
}

test.each<{ options: DistributionOptions; ids: number[] }>([
  { options: { temperature: 0 }, ids: [22, 34, 10, 15, 21, 21, 23, 22, 15, 28, 2, 42] },
  { options: { temperature: 1.2 }, ids: [22, 17, 2, 45, 41, 46, 45, 22, 18, 35, 30, 29] },
  { options: { temperature: 2, topK: 7 }, ids: [22, 27, 9, 48, 40, 47, 45, 22, 17, 33, 30, 28] },
  {
    options: { temperature: 3, topP: 0.6, minP: 0.1, banned: [0, 1] },
    ids: [35, 19, 3, 48, 41, 43, 40, 30, 19, 34, 28, 31],
  },
  {
    options: { temperature: 2, topK: 30, topP: 0.9, minP: 0.05 },
    ids: [22, 17, 2, 45, 41, 43, 43, 22, 18, 38, 28, 29],
  },
])("sampler chain: the draws are those of earlier versions: $options", ({ options, ids }) => {
  expect(drawn(options)).toEqual(ids);
});

const storyteller = await loadTextModel("checkpoints/storyteller");

async function textOf(options: GenerationOptions): Promise<string> {
  let text = "";
  for await (const piece of generate(storyteller, { prompt: "Once", seed: 7, maxTokens: 80, ...options }))
    text += piece.text;
  return text;
}

test.each<{ options: GenerationOptions; text: string }>([
  {
    options: { temperature: 0 },
    text: "Once the baker said that it was a stone. The baker said that he was a stone and said",
  },
  {
    options: { temperature: 0.8 },
    text: "Once the spare was done, and she put it in the line and the leaves. He went home and",
  },
  {
    options: { temperature: 1, topK: 40, topP: 0.95, minP: 0.02 },
    text: 'Once the did on Alder. On Sunday you may step while you are it."\nBy noon there was a',
  },
])("generate: a seed keeps its text: $options", async ({ options, text }) => {
  expect(await textOf(options)).toBe(text);
});
