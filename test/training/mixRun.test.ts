/** @file A network mixed with an n-gram model: trained, saved, resumed, and drawn from. */
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { bestWeight } from "../../src/evaluation/mixtureScore.js";
import { generate, type GenerationOptions } from "../../src/inference/generation/generate.js";
import { logprobs } from "../../src/inference/generation/logprobs.js";
import { findMisspellings } from "../../src/inference/scoring/misspellings.js";
import { longLine, scoreLines } from "../../src/inference/scoring/scoreLines.js";
import type { TextModel } from "../../src/model/model.js";
import { randomStream } from "../../src/common/random.js";
import type { Recipe } from "../../src/options/recipe.js";
import { resume, train } from "../../src/training/run.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import {
  comparableContent,
  documentIn,
  eventsOf,
  loadTextModel,
  neverStopped,
  small,
  trainedModel,
  trainInto,
} from "../support/models.js";

const animals = ["fox", "hare", "goat", "owl", "crow", "mole"];
const random = randomStream(1, "tale");
/** Pairs of rare words, which n-grams learn at once, and an animal that comes again, which a network can learn. */
const meetings = Array.from({ length: 300 }, () => {
  const animal = animals[Math.floor(6 * random())]!;
  const name = Math.floor(60 * random() ** 2);
  return `the ${animal} met old${name} new${name} and the ${animal} walked home.\n`;
}).join("");
const cwd = folderWith({ "tale.txt": meetings });
const path = (name: string): string => join(cwd, name);
const corpus = path("tale.txt");
/** So little training that both parts are needed. */
const little = {
  tokenizer: "words",
  mix: "ngram",
  ngramOrder: 2,
  epochs: 12,
  units: [32],
  layerNorm: false,
  init: "keras",
  warmUp: 0,
  dropout: 0,
  learningRate: 0.02,
} satisfies Partial<Recipe>;

const kinds: Record<string, Partial<Recipe>> = {
  streams: little,
  documents: { ...little, documents: "lines" },
  subwords: { ...little, tokenizer: "subwords", vocabulary: 280, ngramOrder: 3, epochs: 4 },
};

/** The parts of a mixed model. */
const partsOf = ({ mixture, ...model }: TextModel): { network: TextModel; ngrams: TextModel } => ({
  network: model,
  ngrams: { ...model, hasNetwork: false, mixture: mixture!.withNetwork(0) },
});

async function* linesOf(lines: readonly string[]) {
  yield* lines;
}

async function probabilitiesOf(model: TextModel, line: string): Promise<number[]> {
  for await (const { tokens } of scoreLines(model, linesOf([line])))
    return Array.from(tokens, ({ probability }) => probability);
  throw new Error("no line came");
}

async function textsOf(model: TextModel, options: GenerationOptions): Promise<string[]> {
  const texts: string[] = [];
  for await (const { sample, text } of generate(model, { temperature: 1, seed: 1, ...options }))
    texts[sample] = (texts[sample] ?? "") + text;
  return texts;
}

test("mix: the fitted weight is the best of a fine grid", () => {
  const probability = fc.double({ min: 1e-6, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(probability, probability), { minLength: 1, maxLength: 40 }), (pairs) => {
      const lossAt = (weight: number): number =>
        -pairs.reduce((sum, [network, ngrams]) => sum + Math.log(weight * network + (1 - weight) * ngrams), 0) /
        pairs.length;
      const { networkWeight, losses } = bestWeight(
        pairs.map(([network]) => network),
        pairs.map(([, ngrams]) => ngrams),
      );
      const grid = Array.from({ length: 101 }, (_, index) => lossAt(index / 100));
      expect(lossAt(networkWeight)).toBeLessThan(Math.min(...grid) + 1e-3);
      expect(losses.network).toBeCloseTo(lossAt(1), 12);
      expect(losses.ngrams).toBeCloseTo(lossAt(0), 12);
      expect(losses.mix).toBeCloseTo(lossAt(networkWeight), 9);
    }),
  );
});

test.each(Object.keys(kinds))(
  "mix: probabilities are those of both parts with the stored weight (%s)",
  async (kind) => {
    const model = await trainedModel(path(`parts-${kind}`), corpus, kinds[kind]!);
    const { network, ngrams } = partsOf(model);
    const { networkWeight: weight } = model.mixture!;
    expect(documentIn(model.folder).ngrams).toMatchObject({ networkWeight: weight });
    const line = "the fox met old3 new4 and the zebra walked home.";
    const [mixed, ofNetwork, ofNgrams] = await Promise.all(
      [model, network, ngrams].map((one) => probabilitiesOf(one, line)),
    );
    for (const [index, probability] of mixed!.entries())
      expect(probability).toBeCloseTo(weight * ofNetwork![index]! + (1 - weight) * ofNgrams![index]!, 12);
    const next = [...logprobs(model, "the fox met old3", 6)].at(-1)!.next;
    const allowed = (one: TextModel): Map<string, number> =>
      new Map(
        [...logprobs(one, "the fox met old3", 1000)].at(-1)!.next.map(({ token, probability }) => [token, probability]),
      );
    const [a, b] = [allowed(network), allowed(ngrams)];
    for (const { token, probability } of next)
      expect(probability).toBeCloseTo(weight * a.get(token)! + (1 - weight) * b.get(token)!, 2); // banned tokens have little of both
  },
);

test("mix: samples have the frequencies of the mixed probabilities, and a seed gives the same texts", async () => {
  const model = await trainedModel(path("drawn"), corpus, little);
  const next = [...logprobs(model, "the", 8)].at(-1)!.next;
  const texts = await textsOf(model, { prompt: "the", maxTokens: 1, numSamples: 1024 });
  for (const { token, probability } of next) {
    const share = texts.filter((text) => text.slice(3).trim() === token.trim()).length / texts.length;
    expect(Math.abs(share - probability)).toBeLessThan(4 * Math.sqrt(probability / texts.length) + 0.002);
  }
  const options = { prompt: "the fox", maxTokens: 20, numSamples: 2, topK: 5 };
  expect(await textsOf(model, options)).toEqual(await textsOf(model, options));
  expect((await textsOf(model, { ...options, numSamples: 3 })).slice(0, 2)).toEqual(await textsOf(model, options));
});

test("mix: the run says weight and validation perplexities, and evaluate repeats its scores", async () => {
  const events = await trainInto(path("said"), corpus, little);
  const fitted = events.find((event) => event.type === "ngrams")!;
  const { network, ngrams, mix } = fitted.losses!;
  expect(mix).toBeLessThan(Math.min(network, ngrams));
  expect(fitted.helps).toBe(true);
  expect(fitted.networkWeight).toBeGreaterThan(0.05);
  expect(fitted.networkWeight).toBeLessThan(0.95);
  const ended = events.find((event) => event.type === "result")!;
  expect(ended.result!.name).toBe("network + 2-gram model");
  expect(ended.result!.baselines.map(({ name }) => name)).toEqual(["network", "2-gram model"]);
  const again = await evaluate(await loadTextModel(path("said")));
  expect(again.loss).toBe(ended.result!.loss);
  expect(again.baselines).toEqual(ended.result!.baselines);
});

test("mix: a resumed run ends with the same bits as one without a break", async () => {
  await trainInto(path("whole"), corpus, little);
  const stopping = new AbortController();
  const given = { ...small, ...little };
  await eventsOf(train(corpus, { stop: stopping.signal, out: path("broken"), given }), (event) => {
    if (event.type === "step" && event.step === 7) stopping.abort();
  });
  expect(documentIn(path("broken")).progress["step"]).toBe(7);
  await eventsOf(resume(path("broken"), { stop: neverStopped(), given: {} }));
  expect(comparableContent(path("broken"))).toEqual(comparableContent(path("whole")));
  const digestIn = (folder: string): string => documentIn(path(folder)).files.ngrams!.sha256;
  expect(digestIn("broken")).toBe(digestIn("whole"));
  await eventsOf(resume(path("broken"), { stop: neverStopped(), given: { epochs: 13 } }));
  expect(documentIn(path("broken")).ngrams).toMatchObject({ order: 2 });
});

test("mix: where it does not help, the run says so and the network is alone", async () => {
  const alone = { ...little, ngramOrder: 1, epochs: 12 };
  const events = await trainInto(path("alone"), corpus, alone);
  expect(events.find((event) => event.type === "ngrams")).toMatchObject({ helps: false });
  const { ngrams, files } = documentIn(path("alone"));
  expect([ngrams, files.ngrams]).toEqual([undefined, undefined]);
  const { stderr } = await rnn(
    [
      "train",
      "tale.txt",
      ..."--tokenizer words --mix ngram --ngram-order 1 --units 12 --embedding 8 --batch-size 4 --sequence-length 16 --epochs 12 --learning-rate 0.02".split(
        " ",
      ),
    ],
    { cwd },
  );
  expect(stderr.replaceAll("\n", " ")).toMatch(/kept the network alone: mixed with a 1-gram model/);
});

test("mix: a run without the option keeps the mix where it is clearly better, and --mix none the network", async () => {
  const { mix: _mix, ngramOrder: _order, ...free } = little;
  const ran = (name: string, given: Partial<Recipe>) =>
    eventsOf(train(corpus, { stop: neverStopped(), out: path(name), given: { ...small, ...given, mix: given.mix } }));
  const fitted = (await ran("clear", free)).find((event) => event.type === "ngrams")!;
  expect(fitted).toMatchObject({ helps: true, leastGain: 0.05 });
  expect(fitted.losses!.network - fitted.losses!.mix).toBeGreaterThan(0.05);
  expect(documentIn(path("clear"))).toMatchObject({ options: { mix: "auto" }, ngrams: { order: fitted.order } });
  // An order of 1 gains less than 5 %.
  const unclear = (await ran("unclear", { ...free, ngramOrder: 1 })).find((event) => event.type === "ngrams")!;
  expect(unclear).toMatchObject({ helps: false, leastGain: 0.05 });
  expect(documentIn(path("unclear")).ngrams).toBeUndefined();
  const alone = await ran("apart", { ...free, mix: "none" });
  expect(alone.some((event) => event.type === "ngrams")).toBe(false);
  expect(documentIn(path("apart")).ngrams).toBeUndefined();
  const weightsOf = (name: string): string => documentIn(path(name)).files.weights.sha256;
  expect(weightsOf("clear")).toBe(weightsOf("apart"));
});

test("mix: a network of windows, one from a checkpoint and a run without a validation part are kept alone", async () => {
  const { mix: _mix, ngramOrder: _order, ...free } = { ...small, ...little, epochs: 1, mix: undefined };
  const options = { stop: neverStopped(), given: free };
  await eventsOf(train(corpus, { ...options, out: path("base"), given: { ...free, mix: "none" } }));
  const others: Record<string, Parameters<typeof train>[1]> = {
    windows: { ...options, given: { ...free, examples: "windows" } },
    from: { stop: neverStopped(), given: {}, start: { from: path("base") } },
    unvalidated: { ...options, given: { ...free, validation: "0" } },
  };
  for (const [name, other] of Object.entries(others)) {
    const events = await eventsOf(train(corpus, { ...other, out: path(name) }));
    expect([name, events.some((event) => event.type === "ngrams")]).toEqual([name, false]);
  }
});

test("mix: the gain of another spelling is the difference of the scores", async () => {
  const model = await trainedModel(path("spelled"), corpus, little);
  const line = "the fox met old3 new3 and the fax walked home.";
  for await (const { misspellings } of findMisspellings(model, linesOf([line]), { threshold: 0.1 })) {
    const [{ text, nats }] = misspellings.find((found) => found.text === "fax")!.suggestions as [
      { text: string; nats: number },
    ];
    const total = async (spelled: string): Promise<number> =>
      (await probabilitiesOf(model, spelled)).reduce((sum, probability) => sum + Math.log(probability), 0);
    const unknownWord = 3 * Math.log(26); // its letters
    expect(nats).toBeCloseTo((await total(line.replace("fax", text))) - (await total(line)) + unknownWord, 4);
  }
});

test("mix: a long line is scored in pieces as the start of it is", async () => {
  const model = await trainedModel(path("long"), corpus, little);
  const line = "the fox met old3 new3 and ".repeat(longLine / 20);
  const [long, short] = await Promise.all([line, line.slice(0, 2600)].map((text) => probabilitiesOf(model, text)));
  for (const [index, probability] of short!.slice(0, -2).entries()) expect(long![index]).toBeCloseTo(probability, 5);
});

test("mix: what it cannot work with is one line", async () => {
  const lineOf = async (...options: string[]): Promise<string> => {
    const { code, stderr } = await rnn(["train", "tale.txt", "--mix", "ngram", ...options], { cwd });
    expect(code).toBeGreaterThan(0);
    return stderr;
  };
  expect(await lineOf("--validation", "0")).toMatch(/--mix ngram needs a validation part/);
  expect(await lineOf("--examples", "windows")).toMatch(/--mix has no effect with --examples windows/);
  expect(await lineOf("--model", "ngram")).toMatch(/--mix has no effect with --model ngram/);
});
