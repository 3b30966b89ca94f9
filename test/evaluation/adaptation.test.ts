/** @file A neural cache against its plain definition. */
import { join } from "node:path";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type Adaptation, fitCache, scoreAdapted, sizesOn } from "../../src/evaluation/adaptation.js";
import { adaptationFor } from "../../src/evaluation/adaptationSettings.js";
import { scoreAdaptedLines } from "../../src/inference/scoring/adaptedScores.js";
import { score } from "../../src/library/textScores.js";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { DynamicWeights, gradientSizes, segmentGradients } from "../../src/evaluation/dynamicWeights.js";
import type { TokenBatch } from "../../src/examples/batch.js";
import { softmaxAt } from "../../src/network/softmax.js";
import type { WeightValues } from "../../src/network/storedWeights.js";
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
  const found = scoreAdapted(reading(), ids, { cache: { size, theta, weight }, dynamic: null });
  expect(found.targets).toBe(steps);
  expect(found.loss).toBeCloseTo(nats / steps, 4);
});

test("neural cache: the fitted settings are not worse than none", () => {
  const ids = idsOf(tale(40));
  const alone = scoreAdapted(reading(), ids, { cache: null, dynamic: null });
  const cache = fitCache(reading(), ids, { size: 100, dynamic: null });
  expect(scoreAdapted(reading(), ids, { cache, dynamic: null }).loss).toBeLessThanOrEqual(alone.loss + 1e-4);
});

test("score: with a neural cache the lines are read in order, as evaluate reads them", async () => {
  const text = tale(30);
  const adaptation = { cache: { size: 40, theta: 0.3, weight: 0.2 }, dynamic: null };
  const lines = async function* () {
    yield* text.trimEnd().split("\n");
  };
  let [nats, tokens] = [0, 0];
  for await (const line of scoreAdaptedLines(model, lines(), adaptation)) {
    nats += line.nats;
    tokens += line.tokens.length;
  }
  const whole = scoreAdapted(reading(), idsOf(`\n${text}`), adaptation);
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
    const settings = await adaptationFor(adapted, { neuralCache: 30 });
    expect(settings).toMatchObject({ cache: { size: 30 }, dynamic: null });
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

test("dynamic evaluation: after a segment the weights are those of a plain step, and after the text those that were trained", () => {
  const trained = model.network.values();
  const ids = idsOf(tale(3)).slice(0, 13);
  const whole = Array.from(ids, Number);
  const batch = {
    time: 12,
    rows: 1,
    lengths: null,
    tokens: ids.slice(0, 12),
    targets: ids.slice(1),
    continues: true,
  };
  // All gradients have the size 0.248, but for three weights: the divisor is then 0.25, and the way back 1 %.
  const values = new Map([...trained].map(([name, one]) => [name, new Float32Array(one.values.length).fill(0.248)]));
  values.get("head/bias")!.set([0.498, 0.098, 40]);
  const settings = { rate: 0.125, decay: 0.01, sizes: { values, mean: 0.248 } };
  const rateOf = (token: number): number => 0.125 / (values.get("head/bias")![token]! + 0.002);
  const backOf = (token: number): number => Math.min(1, (0.01 * values.get("head/bias")![token]!) / 0.248);
  const weights = new DynamicWeights(model.network, settings);
  weights.step(batch, null);
  const after = model.network.values();
  // The gradient of the bias of the head: the mean of the probabilities minus the targets; the loss is that without dropout.
  model.network.assign(trained);
  const { logits, state } = model.network.read(() => inputsOf(documentBatch([whole.slice(0, -1)], [])), null);
  state.flat().forEach((tensor) => tensor.dispose());
  const { classes } = model.network.spec;
  const bias = trained.get("head/bias")!.values;
  for (let token = 0; token < classes; token++) {
    let gradient = 0;
    for (let step = 0; step < 12; step++)
      gradient += (softmaxAt(logits, step * classes, classes, token) - Number(ids[step + 1] === token)) / 12;
    expect(after.get("head/bias")!.values[token]).toBeCloseTo(bias[token]! - rateOf(token) * gradient, 5);
  }
  // Any weight: against the slope of the loss.
  const name = [...trained.keys()].find((one) => one.endsWith("recurrent"))!;
  const lossWith = (change: number): number => {
    const changed = new Map([...trained].map(([key, one]) => [key, { ...one, values: one.values.slice() }]));
    changed.get(name)!.values[5]! += change;
    model.network.assign(changed);
    return scoreAdapted(reading(), ids, { cache: null, dynamic: null }).loss;
  };
  const slope = (lossWith(0.02) - lossWith(-0.02)) / 0.04;
  expect(after.get(name)!.values[5]! - trained.get(name)!.values[5]!).toBeCloseTo(-0.5 * slope, 3);
  // The second step is pulled back.
  model.network.assign(after);
  weights.step(batch, null);
  const [first, second] = [after, model.network.values()].map((one) => one.get("head/bias")!.values);
  const gradients = segmentGradientsAt(after, batch).get("head/bias")!;
  for (let token = 0; token < classes; token++)
    expect(second![token]).toBeCloseTo(
      first![token]! - rateOf(token) * gradients[token]! + backOf(token) * (bias[token]! - first![token]!),
      5,
    );
  weights.restore();
  expect(model.network.values()).toEqual(trained);
});

/** The gradients of a segment with some weights. */
function segmentGradientsAt(weights: WeightValues, batch: TokenBatch): Map<string, Float32Array> {
  const now = model.network.values();
  model.network.assign(weights);
  const found = new Map([...segmentGradients(model.network, batch, null)].map(([name, one]) => [name, one.slice()]));
  model.network.assign(now);
  return found;
}

test("dynamic evaluation: the size of a gradient is its root mean square over the segments of the training part", () => {
  const ids = idsOf(tale(8)).slice(0, 41);
  const batches = [ids.slice(0, 21), ids.slice(20)].map((part) => ({
    time: 20,
    rows: 1,
    lengths: null,
    tokens: part.slice(0, 20),
    targets: part.slice(1),
    continues: true,
  }));
  const { values, mean } = gradientSizes(model.network, batches);
  const each = batches.map((batch) => segmentGradientsAt(model.network.values(), batch).get("head/kernel")!);
  for (const [at, size] of values.get("head/kernel")!.entries())
    expect(size).toBeCloseTo(Math.hypot(...each.map((gradient) => gradient[at]!)) / Math.SQRT2, 6);
  const all = [...values.values()].flatMap((one) => [...one]);
  expect(mean).toBeCloseTo(all.reduce((sum, one) => sum + one, 0) / all.length, 8);
});

test("dynamic evaluation: a repetitive text becomes more probable, beside a mix and a cache too", async () => {
  const trained = model.network.values();
  const text = idsOf("the crow took the lantern to the mill and the hare sang.\n".repeat(40));
  const lossOf = (adaptation: Adaptation, mixture?: TextModel["mixture"]): number =>
    scoreAdapted({ ...reading(), mixture }, text, adaptation).loss;
  const sizes = sizesOn(reading(), idsOf(tale(60)));
  const dynamic = { rate: 0.003, decay: 0.003, sizes };
  const alone = lossOf({ cache: null, dynamic: null });
  expect(lossOf({ cache: null, dynamic })).toBeLessThan(0.7 * alone);
  const cache = { size: 100, theta: 0.3, weight: 0.2 };
  expect(lossOf({ cache, dynamic })).toBeLessThan(lossOf({ cache, dynamic: null }));
  const { mixture } = await trainedModel(path("dynamic-mix"), path("tale.txt"), {
    tokenizer: "words",
    mix: "ngram",
    ngramOrder: 2,
  });
  const mixed = mixture!.withNetwork(0.5);
  expect(lossOf({ cache: null, dynamic }, mixed)).toBeLessThan(lossOf({ cache: null, dynamic: null }, mixed));
  expect(model.network.values()).toEqual(trained);
});

test("dynamic evaluation: evaluate and score take a rate or fit it, and refuse what has no network in order", async () => {
  const found = await evaluate(model, undefined, { dynamic: "auto" });
  expect(found.name).toBe("network + dynamic");
  expect(found.dynamic!.rate).toBeGreaterThan(0);
  expect(found.loss).toBeLessThanOrEqual(found.baselines[0]!.loss! + 0.01);
  const run = (command: string, ...args: string[]) => rnn([command, "-c", "./words", ...args], { cwd });
  const printed = await run(
    "evaluate",
    "--dynamic",
    "0.001",
    "--neural-cache",
    "20",
    "--cache-theta",
    "0.3",
    "--cache-weight",
    "0.1",
  );
  expect(printed.stdout).toMatch(/network \+ cache \+ dynamic/);
  expect(printed.stdout).toMatch(/dynamic evaluation: rate 0.001, decay 0.003/);
  expect((await run("score", "tale.txt", "--dynamic", "0.001")).code).toBe(0);
  expect((await run("score", "tale.txt", "--dynamic", "0")).stderr).toMatch(/--dynamic: expected a number above 0/);
  expect((await run("score", "tale.txt", "--dynamic", "auto", "--suspects")).stderr).toMatch(
    /--dynamic has no effect on --suspects/,
  );
  await rnn(["train", "tale.txt", "--examples", "windows", "--epochs", "1", "--units", "4", "--out", "windows"], {
    cwd,
  });
  const refused = await rnn(["score", "-c", "./windows", "tale.txt", "--dynamic", "0.1"], { cwd });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("a network that reads windows") });
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
