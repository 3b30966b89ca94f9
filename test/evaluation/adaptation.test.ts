/** @file A neural cache against its plain definition. */
import { join } from "node:path";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { fitCache, scoreAdapted } from "../../src/evaluation/adaptation.js";
import { cacheFor } from "../../src/evaluation/adaptationSettings.js";
import { scoreAdaptedLines } from "../../src/inference/scoring/adaptedScores.js";
import { score } from "../../src/library/textScores.js";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { NeuralCache } from "../../src/evaluation/neuralCache.js";
import { documentBatch } from "../../src/examples/documentExamples.js";
import type { TextModel } from "../../src/model/model.js";
import { inputsOf } from "../../src/network/inputs.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { trainedModel } from "../support/models.js";
import { opinions, csvOf, tale } from "../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(120), "opinions.csv": csvOf(opinions(40)) });
const path = (name: string): string => join(cwd, name);
let model: TextModel;
beforeAll(async () => {
  model = await trainedModel(path("words"), path("tale.txt"), { tokenizer: "words", epochs: 3 });
});
const idsOf = (text: string): Int32Array => Int32Array.from(model.tokenizer.encode(text));
const reading = () => ({ network: model.network, documents: false });

test("neural cache: probabilities are those of the definition, over the last states alone", () => {
  const unit = fc.float({ min: -2, max: 2, noNaN: true });
  const entries = fc.array(fc.record({ state: fc.array(unit, { minLength: 3, maxLength: 3 }), token: fc.nat(4) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      entries,
      fc.array(unit, { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 1, max: 8 }),
      (all, query, size) => {
        const cache = new NeuralCache(size, 3);
        for (const { state, token } of all) cache.add(Float32Array.from(state), token);
        const kept = all.slice(-size).map(({ state, token }) => ({
          token,
          weight: Math.exp(0.7 * state.reduce((sum, value, index) => sum + value * query[index]!, 0)),
        }));
        const total = kept.reduce((sum, { weight }) => sum + weight, 0);
        for (let token = 0; token < 5; token++) {
          const expected =
            kept.filter((one) => one.token === token).reduce((sum, { weight }) => sum + weight, 0) / total;
          expect(cache.probabilities(Float32Array.from(query), token, [0.7])[0]).toBeCloseTo(expected, 6);
        }
      },
    ),
  );
});

test("neural cache: the loss of a text is that of the definition", () => {
  const ids = idsOf(tale(12));
  const { logits, vectors, state } = model.network.readWithVectors(
    () => inputsOf(documentBatch([ids.slice(0, -1)], [])),
    null,
  );
  state.flat().forEach((tensor) => tensor.dispose());
  const { classes } = model.network.spec;
  const steps = ids.length - 1;
  const width = vectors.length / steps;
  const vectorAt = (step: number): Float32Array => vectors.subarray(step * width, (step + 1) * width);
  const [size, theta, weight] = [30, 0.4, 0.3];
  let nats = 0;
  for (let step = 0; step < steps; step++) {
    const row = Array.from(logits.subarray(step * classes, (step + 1) * classes), Math.exp);
    const ofModel = row[ids[step + 1]!]! / row.reduce((sum, value) => sum + value, 0);
    let [all, ofToken] = [0, 0];
    for (let earlier = Math.max(0, step - size); earlier < step; earlier++) {
      const similar = Math.exp(
        theta * vectorAt(earlier).reduce((sum, value, index) => sum + value * vectorAt(step)[index]!, 0),
      );
      all += similar;
      if (ids[earlier + 1] === ids[step + 1]) ofToken += similar;
    }
    nats -= Math.log(step === 0 ? ofModel : (1 - weight) * ofModel + (weight * ofToken) / all);
  }
  const found = scoreAdapted(reading(), ids, { size, theta, weight });
  expect(found.targets).toBe(steps);
  expect(found.loss).toBeCloseTo(nats / steps, 4);
});

test("neural cache: the fitted settings are not worse than none", () => {
  const ids = idsOf(tale(40));
  const alone = scoreAdapted(reading(), ids, { size: 1, theta: 0, weight: 0 });
  expect(scoreAdapted(reading(), ids, fitCache(reading(), ids, 100)).loss).toBeLessThanOrEqual(alone.loss + 1e-4);
});

test("score: with a neural cache the lines are read in order, as evaluate reads them", async () => {
  const text = tale(30);
  const cache = { size: 40, theta: 0.3, weight: 0.2 };
  const lines = async function* () {
    yield* text.trimEnd().split("\n");
  };
  let [nats, tokens] = [0, 0];
  for await (const line of scoreAdaptedLines(model, lines(), cache)) {
    nats += line.nats;
    tokens += line.tokens.length;
  }
  const whole = scoreAdapted(reading(), idsOf(`\n${text}`), cache);
  expect(tokens).toBe(whole.targets);
  expect(nats / tokens).toBeCloseTo(whole.loss, 5);
  const repeated = await score(path("words"), ["the hare sang to the old crow.", "the hare sang to the old crow."], {
    neuralCache: 100,
    cacheTheta: 0.3,
    cacheWeight: 0.3,
  });
  expect(repeated[1]!.nats).toBeLessThan(repeated[0]!.nats);
});

test("score: --neural-cache works with mixes and documents, and refuses what needs lines alone", async () => {
  for (const given of [{ mix: "ngram", ngramOrder: 2 }, { documents: "lines" }] as const) {
    const adapted = await trainedModel(path(Object.keys(given)[0]!), path("tale.txt"), {
      tokenizer: "words",
      ...given,
    });
    const settings = await cacheFor(adapted, { neuralCache: 30 });
    expect(settings).toMatchObject({ size: 30 });
    const lines = async function* () {
      yield* ["the fox", "", "the owl took the lantern"];
    };
    const scores: number[] = [];
    for await (const { perplexity } of scoreAdaptedLines(adapted, lines(), settings)) scores.push(perplexity);
    expect(scores).toHaveLength(3);
    expect(scores.every((one) => one > 1 && Number.isFinite(one))).toBe(true);
  }
  const run = (...args: string[]) =>
    rnn(["score", "-c", "./words", "tale.txt", "--neural-cache", "20", ...args], { cwd });
  const printed = await run();
  expect(printed.code).toBe(0);
  expect(printed.stdout.trimEnd().split("\n")).toHaveLength(tale(120).trimEnd().split("\n").length);
  expect((await run("--workers", "2")).stderr).toMatch(/--workers cannot share the lines with --neural-cache/);
  expect((await run("--suspects")).stderr).toMatch(/--neural-cache has no effect on --suspects/);
  expect((await rnn(["score", "-c", "./words", "tale.txt", "--cache-theta", "1"], { cwd })).stderr).toMatch(
    /--cache-theta has no effect without --neural-cache/,
  );
});

test("evaluate: --neural-cache adds a row, and what they cannot work with is one line", async () => {
  const found = await evaluate(model, undefined, { neuralCache: 50 });
  expect(found.name).toBe("network + cache");
  expect(found.cache).toMatchObject({ size: 50 });
  expect(found.baselines[0]!.name).toBe("network");
  const run = (...args: string[]) => rnn(["evaluate", "-c", "./words", ...args], { cwd });
  const printed = await run("--neural-cache", "20", "--cache-theta", "0.3", "--cache-weight", "0.1");
  expect(printed.stdout).toMatch(/network \+ cache/);
  expect(printed.stdout).toMatch(/cache of 20 states: theta 0.3, weight 0.100/);
  expect((await run("--cache-theta", "0.3")).stderr).toMatch(/--cache-theta has no effect without --neural-cache/);
  await rnn(["train", "opinions.csv", "--epochs", "1", "--out", "critic"], { cwd });
  const refused = await rnn(["evaluate", "-c", "./critic", "--neural-cache", "5"], { cwd });
  expect(refused.stderr).toMatch(/--neural-cache has no effect on a classifier/);
});
