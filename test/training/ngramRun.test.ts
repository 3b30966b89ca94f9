/** @file An n-gram model as a model: trained, saved, loaded, and used by every command that needs no network. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NgramModel } from "../../src/baselines/ngramModel.js";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { generate, type GenerationOptions } from "../../src/inference/generation/generate.js";
import { logprobs } from "../../src/inference/generation/logprobs.js";
import { findMisspellings } from "../../src/inference/scoring/misspellings.js";
import { longLine, scoreLines } from "../../src/inference/scoring/scoreLines.js";
import type { TextModel } from "../../src/model/model.js";
import type { Recipe } from "../../src/options/recipe.js";
import { train } from "../../src/training/run.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, eventsOf, loadTextModel, neverStopped } from "../support/models.js";
import { tale } from "../support/texts.js";

const cwd = folderWith({
  "tale.txt": tale(120),
  "names.txt": "anna\nannabel\nhannah\nhanna\nbella\nisabel\n".repeat(20),
});
const path = (name: string): string => join(cwd, name);

const ngramsInto = (out: string, corpus: string, given: Partial<Recipe> = {}) =>
  eventsOf(train(path(corpus), { stop: neverStopped(), out: path(out), given: { model: "ngram", ...given } }));

async function ngramModel(out: string, corpus: string, given: Partial<Recipe> = {}): Promise<TextModel> {
  await ngramsInto(out, corpus, given);
  return loadTextModel(path(out), { backend: "auto" });
}

async function textsOf(model: TextModel, options: GenerationOptions): Promise<string[]> {
  const texts: string[] = [];
  for await (const { sample, text } of generate(model, { temperature: 1, seed: 1, ...options }))
    texts[sample] = (texts[sample] ?? "") + text;
  return texts;
}

async function scoresOf(model: TextModel, lines: readonly string[]) {
  const arriving = async function* () {
    yield* lines;
  };
  const scores: { nats: number; probabilities: number[] }[] = [];
  for await (const { nats, tokens } of scoreLines(model, arriving()))
    scores.push({ nats, probabilities: Array.from(tokens, ({ probability }) => probability) });
  return scores;
}

/** The ids of the training part: the corpus is cut at the ends of lines. */
const idsOf = (model: TextModel, corpus: string): number[] => {
  const { counts } = documentIn(model.folder);
  const { tokens } = counts["training"] as { tokens: number };
  return model.tokenizer.encode(readFileSync(path(corpus), "utf8")).slice(0, tokens);
};

test("n-gram model: a score is that of a model fitted on the training part, with the same bits", async () => {
  const model = await ngramModel("words", "tale.txt", { tokenizer: "words", ngramOrder: 3 });
  const fitted = new NgramModel(model.tokenizer.vocabulary.length, 3);
  fitted.fit(idsOf(model, "tale.txt"));
  const line = "the fox took the bell";
  const ids = model.tokenizer.encode(`\n${line}\n`);
  const expected = ids.slice(1).map((id, index) => fitted.probability(fitted.contextsAfter(ids, index + 1), id));
  const [score] = await scoresOf(model, [line]);
  expect(score!.probabilities).toEqual(expected);
  expect(score!.nats).toBeCloseTo(-expected.reduce((sum, probability) => sum + Math.log(probability), 0), 10);
});

test.each([
  ["streams", "tale.txt", { tokenizer: "words" }],
  ["documents", "names.txt", { documents: "lines" }],
  ["subwords", "tale.txt", { tokenizer: "subwords", vocabulary: 280 }],
] as const)("n-gram model: the next tokens of generation are those of the score (%s)", async (kind, corpus, given) => {
  const model = await ngramModel(`next-${kind}`, corpus, given);
  const text = kind === "documents" ? "ann" : "the fox took the";
  const next = [...logprobs(model, text, model.tokenizer.vocabulary.length)].at(-1)!.next;
  expect(next.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
  const [seeded, again, other] = await Promise.all(
    [1, 1, 2].map((seed) => textsOf(model, { prompt: text, maxTokens: 30, seed, numSamples: 3 })),
  );
  expect(again).toEqual(seeded);
  expect(other).not.toEqual(seeded);
  const [greedy] = await textsOf(model, { prompt: text, maxTokens: 1, temperature: 0 });
  expect(greedy!.slice(text.length).trim()).toBe(next[0]!.token.trim());
  expect(await textsOf(model, { prompt: text, maxTokens: 20, topK: 1, seed: 9 })).toEqual(
    await textsOf(model, { prompt: text, maxTokens: 20, temperature: 0 }),
  );
});

test("n-gram model: samples have the frequencies of the probabilities", async () => {
  const model = await ngramModel("drawn", "tale.txt", { tokenizer: "words", ngramOrder: 2 });
  const next = [...logprobs(model, "the", 8)].at(-1)!.next;
  const texts = await textsOf(model, { prompt: "the", maxTokens: 1, numSamples: 1024 });
  for (const { token, probability } of next) {
    const share = texts.filter((text) => text.slice(3).trim() === token.trim()).length / texts.length;
    expect(Math.abs(share - probability)).toBeLessThan(4 * Math.sqrt(probability / texts.length) + 0.002);
  }
});

test("n-gram model: a stop text ends the text, and a document ends where the model ends it", async () => {
  const stream = await ngramModel("stopped", "tale.txt");
  const [text] = await textsOf(stream, { prompt: "the", maxTokens: 400, stop: "\n" });
  expect(text).not.toContain("\n");
  const documents = await ngramModel("ended", "names.txt", { documents: "lines" });
  for (const name of await textsOf(documents, { maxTokens: 100, numSamples: 10, temperature: 0.5 }))
    expect(name.length).toBeLessThan(60);
});

test("n-gram model: the order has the lowest validation loss, and is tried until it gains nothing", async () => {
  const events = await ngramsInto("order", "tale.txt");
  const fitted = events.find((event) => event.type === "ngrams")!;
  const losses = fitted.tried.map(({ validation }) => validation);
  const orders = fitted.tried.map(({ order }) => order);
  expect(orders).toEqual(orders.map((_, index) => orders[0]! + index));
  expect(orders).toContain(6); // that of the baseline
  expect(losses[fitted.order - orders[0]!]).toBeLessThanOrEqual(Math.min(...losses) + 0.001);
  expect(documentIn(path("order")).ngrams).toMatchObject({ order: fitted.order, size: fitted.size });
});

test("n-gram model: evaluate repeats the scores of the run, and scores another file", async () => {
  const model = await ngramModel("evaluated", "tale.txt", { tokenizer: "words" });
  const stored = documentIn(model.folder).metrics["test"] as { loss: number };
  const again = await evaluate(model);
  expect(again.loss).toBe(stored.loss);
  expect(again).toMatchObject({ name: expect.stringMatching(/^\d-gram model$/), baselines: [] });
  expect((await evaluate(model, path("tale.txt"))).loss).toBeLessThan(again.loss);
});

test("n-gram model: a long line has the score of its tokens, in little memory", async () => {
  const model = await ngramModel("long", "tale.txt");
  const line = "the fox took the bell and ".repeat(longLine / 20);
  const [long, short] = await scoresOf(model, [line, line.slice(0, 1000)]);
  expect(long!.probabilities.slice(0, 1000)).toEqual(short!.probabilities.slice(0, 1000).map(Math.fround));
});

test("n-gram model: finds a misspelled word", async () => {
  const model = await ngramModel("spelled", "tale.txt", { tokenizer: "words" });
  const lines = async function* () {
    yield "the fox took the bel and walked home.";
  };
  for await (const { misspellings } of findMisspellings(model, lines(), { threshold: 1 }))
    expect(misspellings[0]).toMatchObject({ text: "bel", suggestions: [{ text: "bell" }] });
});

test("n-gram model: what needs a network is one line", async () => {
  await ngramsInto("alone", "tale.txt");
  const lineOf = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await rnn(args, { cwd });
    expect(code).toBeGreaterThan(0);
    expect(stderr).not.toMatch(/^ +at /m);
    return stderr;
  };
  for (const to of ["onnx", "keras", "tfjs", "safetensors", "web", "projector"])
    expect(await lineOf("export", "--to", to, "-c", "./alone")).toMatch(/alone is an n-gram model, without a network/);
  expect(await lineOf("neighbours", "-c", "./alone", "fox")).toMatch(/n-gram model, without a network/);
  expect(await lineOf("train", "--resume", "./alone")).toMatch(/fitted in one pass: there is nothing to resume/);
  const fit = ["train", "tale.txt", "--model", "ngram"];
  expect(await lineOf(...fit, "--units", "8")).toMatch(/--units has no effect with --model ngram/);
  expect(await lineOf(...fit, "--for", "1m")).toMatch(/--for has no effect with --model ngram/);
  expect(await lineOf(...fit, "--dry-run")).toMatch(/--dry-run has no effect/);
  expect(await lineOf(...fit, "--tensorboard", "curves")).toMatch(/--tensorboard has no effect/);
  expect(await lineOf("train", "tale.txt", "--mix", "none", "--ngram-order", "3")).toMatch(
    /--ngram-order has no effect/,
  );
  expect(await lineOf("tune", "tale.txt", "--model", "ngram")).toMatch(/--model ngram has no effect here/);
  expect(await lineOf("compare", "tale.txt", "--model", "ngram")).toMatch(/--model ngram has no effect here/);
});

test("n-gram model: inspect, list, report and remove work", async () => {
  const { stdout } = await rnn(["train", "tale.txt", "--model", "ngram"], { cwd });
  expect(stdout).toBe("checkpoints/tale\n");
  expect((await rnn(["inspect", "tale"], { cwd })).stdout).toMatch(
    /n-grams +\d+-gram model of [\d.]+k tokens: \d+ n-grams/,
  );
  expect((await rnn(["list"], { cwd })).stdout).toMatch(/tale +generator/);
  expect((await rnn(["report", "tale"], { cwd })).code).toBe(0);
  expect(readFileSync(path("checkpoints/tale/report.html"), "utf8")).toMatch(/An n-gram model that generates text/);
  expect((await rnn(["generate", "-c", "tale", "--max-tokens", "5", "the"], { cwd })).stdout).toMatch(/^the/);
  expect((await rnn(["remove", "tale"], { cwd })).code).toBe(0);
  expect(statSync(path("checkpoints/tale"), { throwIfNoEntry: false })).toBeUndefined();
});
