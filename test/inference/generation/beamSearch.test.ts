/** @file Beam search beside an exhaustive search and a plain one, and the best of several draws. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { GenerationOptions } from "../../../src/inference/generation/generate.js";
import { type GeneratedText, generateEach } from "../../../src/inference/generation/generateEach.js";
import { generatePieces } from "../../../src/inference/generation/generatePieces.js";
import { bannedTokens, promptIds } from "../../../src/inference/generation/promptIds.js";
import { probabilitiesOf } from "../../../src/inference/scoring/tokenProbabilities.js";
import type { TextModel } from "../../../src/model/model.js";
import { endId } from "../../../src/tokenizers/specialTokens.js";
import { folderWith } from "../../support/folder.js";
import { trainedModel } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const lines = "ab\nba\naab\nbb\nabba\n".repeat(40);
const folder = folderWith({ "letters.txt": lines, "tale.txt": tale(60) });
const path = (name: string): string => join(folder, name);
const little = { epochs: 2, learningRate: 0.01, dropout: 0 };
const models = {
  documents: () => trainedModel(path("documents"), path("letters.txt"), { ...little, documents: "lines" }),
  stream: () => trainedModel(path("stream"), path("letters.txt"), little),
  mixture: () => trainedModel(path("mixture"), path("letters.txt"), { ...little, documents: "lines", mix: "ngram" }),
  subwords: () =>
    trainedModel(path("subwords"), path("tale.txt"), { ...little, tokenizer: "subwords", vocabulary: 280 }),
  words: () => trainedModel(path("words"), path("tale.txt"), { ...little, tokenizer: "words" }),
  windows: () =>
    trainedModel(path("windows"), path("letters.txt"), {
      ...little,
      examples: "windows",
      bidirectional: "yes",
      sequenceLength: 5,
    }),
} as const;
const loaded = new Map<string, TextModel>();
beforeAll(async () => {
  for (const [name, load] of Object.entries(models)) loaded.set(name, await load());
});

async function found(model: TextModel, prompt: string, options: GenerationOptions): Promise<GeneratedText[]> {
  const prompts = async function* (): AsyncGenerator<string> {
    yield prompt;
  };
  const texts: GeneratedText[] = [];
  for await (const text of generateEach(model, prompts(), options)) texts.push(text as GeneratedText);
  return texts;
}

type Sequence = { ids: number[]; log: number };

/** The log probabilities of some texts, by the scores that `rnn score` computes. */
function logsOf(model: TextModel, prompt: string, sequences: number[][]): Sequence[] {
  const context = promptIds(model.tokenizer, model.document.corpus.shape, model.tokenizer.encode(prompt));
  const all = sequences.map((ids) => ({ ids: [...context, ...ids], context: context.length }));
  const log = (probabilities: number[]): number => probabilities.reduce((sum, one) => sum + Math.log(one), 0);
  return probabilitiesOf(model, all).map((probabilities, index) => ({
    ids: sequences[index]!,
    log: log(probabilities),
  }));
}

/** The tokens that may follow. */
function choices(model: TextModel): number[] {
  const banned = bannedTokens(model.document.corpus.shape);
  return [...model.tokenizer.vocabulary.keys()].filter((id) => !banned.includes(id));
}

/** Every text of at most so many tokens: one that is shorter ends with the end token. */
function everyText(model: TextModel, length: number): number[][] {
  const extend = (ids: number[]): number[][] =>
    ids.length === length || ids.at(-1) === endId ? [ids] : choices(model).flatMap((id) => extend([...ids, id]));
  return extend([]);
}

const textOf = (model: TextModel, ids: readonly number[]): string => model.tokenizer.decode(ids);

test.each([
  ["documents", 0],
  ["documents", 1],
  ["documents", 2],
  ["stream", 1],
  ["mixture", 0.7],
  ["windows", 0],
] as const)(
  "beams: a beam as wide as all texts finds the best of them (%s, length penalty %d)",
  async (name, penalty) => {
    const model = loaded.get(name)!;
    const texts = logsOf(model, "a", everyText(model, 3));
    const ranked = texts.toSorted((a, b) => b.log / b.ids.length ** penalty - a.log / a.ids.length ** penalty);
    const best = await found(model, "a", { beams: 64, maxTokens: 3, lengthPenalty: penalty, numSamples: 5 });
    expect(best.map(({ text }) => text)).toEqual(ranked.slice(0, 5).map(({ ids }) => textOf(model, ids)));
    expect(best.map(({ score }) => score)).toEqual(ranked.slice(0, 5).map(({ log }) => expect.closeTo(log, 4)));
  },
);

type Search = { width: number; groups: number; diversity: number; length: number };

/** Beam search as the paper writes it: at each step all continuations are scored anew. A text that ends leaves its place to another. */
function plainSearch(model: TextModel, { width, groups, diversity, length }: Search): string[] {
  const size = width / groups;
  let beams: Sequence[][] = Array.from({ length: groups }, () => [{ ids: [], log: 0 }]);
  const finished: Sequence[][] = beams.map(() => []);
  for (let step = 1; step <= length; step++) {
    const taken: number[] = [];
    const times = (id: number): number => taken.filter((one) => one === id).length;
    beams = beams.map((group, index) => {
      const all = logsOf(
        model,
        "a",
        group.flatMap(({ ids }) => choices(model).map((id) => [...ids, id])),
      );
      const value = ({ ids, log }: Sequence): number => log - diversity * times(ids.at(-1)!);
      const ordered = all.toSorted((left, right) => value(right) - value(left));
      const last = ordered.findIndex((_, place) => ordered.slice(0, place + 1).filter(goesOn).length === size);
      const chosen = last === -1 ? ordered : ordered.slice(0, last + 1);
      taken.push(...chosen.map(({ ids }) => ids.at(-1)!));
      finished[index]!.push(...chosen.filter((one) => !goesOn(one) || step === length));
      return chosen.filter(goesOn);
    });
  }
  const better = (left: Sequence, right: Sequence): number => right.log - left.log;
  const best = finished.flatMap((group) => group.toSorted(better).slice(0, size)).toSorted(better);
  return best.map(({ ids }) => textOf(model, ids));
}

const goesOn = ({ ids }: Sequence): boolean => ids.at(-1) !== endId;

test.each([
  ["stream", 2, 1, 0],
  ["documents", 3, 1, 0],
  ["mixture", 2, 1, 0],
  ["stream", 4, 2, 0.7],
  ["documents", 6, 3, 0.5],
] as const)(
  "beams: they are those of a plain search (%s, %i beams in %i groups)",
  async (name, width, groups, diversity) => {
    const model = loaded.get(name)!;
    const options = { beams: width, beamGroups: groups, ...(groups > 1 && { diversityPenalty: diversity }) };
    const best = await found(model, "a", { ...options, maxTokens: 6, lengthPenalty: 0, numSamples: width });
    const plain = plainSearch(model, { width, groups, diversity, length: 6 });
    expect(best.map(({ text }) => text)).toEqual(plain.slice(0, best.length));
    expect(best.length).toBeGreaterThanOrEqual(groups);
  },
);

test("beams: one beam is the text of temperature 0; more are at least as probable, the same each time", async () => {
  for (const name of ["documents", "stream", "mixture", "subwords", "words", "windows"]) {
    const model = loaded.get(name)!;
    const options = { maxTokens: 8, lengthPenalty: 0 };
    const [one] = await found(model, "the", { ...options, beams: 1 });
    const [greedy] = await found(model, "the", { maxTokens: 8, temperature: 0 });
    expect(one!.text).toBe(greedy!.text);
    const [four] = await found(model, "the", { ...options, beams: 4 });
    expect(four!.score).toBeGreaterThanOrEqual(one!.score - 1e-4);
    expect(await found(model, "the", { ...options, beams: 4 })).toEqual([four]);
  }
});

test("beams: diverse groups begin with different tokens under a large penalty", async () => {
  const model = loaded.get("stream")!;
  const options = { beams: 2, beamGroups: 2, numSamples: 2, maxTokens: 4 };
  const apart = await found(model, "a", { ...options, diversityPenalty: 100 });
  for (const place of [0, 1, 2, 3]) expect(apart[0]!.text[place]).not.toBe(apart[1]!.text[place]);
  const [left, right] = await found(model, "a", { ...options, diversityPenalty: 0 });
  expect(left!.text).toBe(right!.text);
});

test("beams: stop texts and limits end the texts, and `generate` gives them in order", async () => {
  const model = loaded.get("words")!;
  const [stopped] = await found(model, "the fox", { beams: 3, stop: "\n", maxTokens: 30 });
  expect(stopped).toMatchObject({ text: expect.not.stringContaining("\n") });
  const texts: string[] = [];
  for await (const { sample, text } of generatePieces(model, { prompt: "the fox", beams: 3, numSamples: 2, words: 4 }))
    texts[sample] = (texts[sample] ?? "") + text;
  expect(texts).toEqual([expect.stringMatching(/^the fox(?: \S+){4}$/), expect.stringMatching(/^the fox(?: \S+){4}$/)]);
});

test("best of: the text is the one of the draws with the highest mean log probability", async () => {
  const model = loaded.get("documents")!;
  const options = { temperature: 1.5, seed: 3, maxTokens: 9 };
  const draws = await found(model, "a", { ...options, numSamples: 20 });
  const [best] = await found(model, "a", { ...options, bestOf: 20 });
  const mean = ({ score, tokens }: GeneratedText): number => score / tokens;
  expect(mean(best!)).toBe(Math.max(...draws.map(mean)));
  expect(draws.map(({ text }) => text)).toContain(best!.text);
});

test.each<[GenerationOptions, string]>([
  [{ beams: 4, temperature: 1 }, "--temperature has no effect with --beams, which draws nothing"],
  [{ beams: 4, topK: 3 }, "--top-k has no effect with --beams"],
  [{ beams: 4, bestOf: 3 }, "--best-of has no effect with --beams"],
  [{ beams: 4, drySequenceBreaker: "," }, "--dry-sequence-breaker has no effect with --beams"],
  [{ beams: 4, samplerOrder: ["temperature"] }, "--samplers has no effect with --beams"],
  [
    { beams: 4, constraint: () => ({ allows: () => true, accept: () => undefined }) },
    "--form, --pattern or --novel has no effect with --beams",
  ],
  [{ beams: 4, beamGroups: 3 }, "--beams 4 is not a multiple of --beam-groups 3"],
  [{ beams: 4, numSamples: 5 }, "--beams 4 finds 4 texts at most"],
  [{ lengthPenalty: 2 }, "--length-penalty has no effect without --beams"],
  [{ beams: 2, diversityPenalty: 2 }, "--diversity-penalty has no effect without --beam-groups"],
  [{ bestOf: 3, numSamples: 2 }, "--best-of prints one text"],
])("beams: %o is an error in one line", async (options, message) => {
  await expect(found(loaded.get("stream")!, "a", options)).rejects.toThrow(message);
});
