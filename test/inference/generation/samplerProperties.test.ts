/** @file What holds for every sampler and any logits, and what a sampler does at its neutral value. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  createDraw,
  distribution,
  type DistributionOptions,
  textState,
} from "../../../src/inference/generation/distribution.js";

const anyLogits = fc
  .array(fc.integer({ min: -80, max: 80 }), { minLength: 2, maxLength: 40 })
  .map((quarters) => Float32Array.from(quarters, (quarter) => quarter / 8));
const anyText = fc.array(fc.nat(7), { maxLength: 40 });
const unit = fc.double({ min: 0.001, max: 1, noNaN: true });
const anySamplers: fc.Arbitrary<Omit<DistributionOptions, "temperature">> = fc.record(
  {
    repeatPenalty: fc.double({ min: 0.5, max: 2, noNaN: true }),
    presencePenalty: fc.double({ min: -1, max: 1, noNaN: true }),
    dryMultiplier: fc.double({ min: 0, max: 2, noNaN: true }),
    topNSigma: fc.double({ min: 0.01, max: 5, noNaN: true }),
    topK: fc.integer({ min: 1, max: 50 }),
    typicalP: unit,
    topP: unit,
    minP: unit,
    xtcProbability: fc.double({ min: 0, max: 1, noNaN: true }),
    dynatempRange: fc.double({ min: 0.01, max: 2, noNaN: true }),
  },
  { requiredKeys: [] },
);

const kept = (probabilities: Float64Array): number[] =>
  [...probabilities.keys()].filter((id) => probabilities[id]! > 0);

test("samplers: for any of them the probabilities sum to 1 and a token stays", () => {
  fc.assert(
    fc.property(anyLogits, anyText, anySamplers, unit, (logits, text, samplers, chance) => {
      const probabilities = distribution(logits, { temperature: 0.9, ...samplers }, { text, chance });
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
    }),
  );
});

test("samplers: each that removes tokens keeps a subset, in proportion", () => {
  const removing = fc.constantFrom<Omit<DistributionOptions, "temperature">>(
    { topNSigma: 0.7 },
    { topK: 3 },
    { typicalP: 0.6 },
    { topP: 0.6 },
    { minP: 0.3 },
    { xtcProbability: 1, xtcThreshold: 0.05 },
    { mirostat: 2, mirostatEnt: 0.7 },
    { noRepeatNgram: 2 },
  );
  fc.assert(
    fc.property(anyLogits, anyText, removing, (logits, text, sampler) => {
      fc.pre(!("noRepeatNgram" in sampler) || logits.length > 8);
      const all = distribution(logits, { temperature: 1 });
      const some = distribution(logits, { temperature: 1, ...sampler }, { text });
      const ids = kept(some);
      const mass = ids.reduce((sum, id) => sum + all[id]!, 0);
      for (const id of ids) expect(some[id]).toBeCloseTo(all[id]! / mass, 9);
    }),
  );
});

test.each<Omit<DistributionOptions, "temperature">>([
  { repeatPenalty: 1 },
  { presencePenalty: 0, frequencyPenalty: 0 },
  { repeatPenalty: 2, repeatLastN: 0 },
  { dryMultiplier: 0 },
  { dryMultiplier: 1, dryPenaltyLastN: 0 },
  { topNSigma: 1e6 },
  { topK: 1000 },
  { typicalP: 1 },
  { topP: 1 },
  { minP: 0 },
  { xtcProbability: 0 },
  { noRepeatNgram: 100 },
  { mirostat: 2, mirostatEnt: 100 },
])("samplers: a neutral value changes nothing: %o", (sampler) => {
  fc.assert(
    fc.property(anyLogits, anyText, (logits, text) => {
      const plain = distribution(logits, { temperature: 0.7 });
      const own = distribution(logits, { temperature: 0.7, ...sampler }, { text });
      for (const [id, probability] of plain.entries()) expect(own[id]).toBeCloseTo(probability, 12);
    }),
    { numRuns: 20 },
  );
});

test("xtc: the chance of a draw decides, and does not follow the number that chooses the token", () => {
  const logits = Float32Array.from([0.5, 0.3, 0.2], Math.log);
  const drawNext = createDraw({ temperature: 1, xtcProbability: 0.4 });
  const counts = [0, 0, 0];
  const draws = 20_000;
  for (let index = 0; index < draws; index++) counts[drawNext(logits, (index + 0.5) / draws, textState())]!++;
  const expected = [0.6 * 0.5, 0.6 * 0.3, 0.6 * 0.2 + 0.4]; // with XTC only the least probable one above the threshold stays
  for (const [id, count] of counts.entries()) expect(Math.abs(count / draws - expected[id]!)).toBeLessThan(0.01);
});

test("mirostat 2: the drawn tokens have the wanted surprise on average", () => {
  const logits = Float32Array.from({ length: 200 }, (_, id) => -Math.log(id + 1) * 1.1);
  const drawNext = createDraw({ temperature: 1, mirostat: 2, mirostatEnt: 3, mirostatLr: 0.05 });
  const plain = distribution(logits, { temperature: 1 });
  const state = textState();
  let surprise = 0;
  for (let index = 0; index < 4000; index++) {
    const token = drawNext(logits, (index * 0.618033988749895) % 1, state);
    surprise += -Math.log2(plain[token]!);
  }
  expect(Math.abs(surprise / 4000 - 3)).toBeLessThan(0.8); // of the whole distribution; 3 among those that stay
});

test("no-repeat-ngram: no n tokens occur twice, for any logits", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 99 }), (n, seed) => {
      const drawNext = createDraw({ temperature: 0, noRepeatNgram: n });
      const state = textState([1, 2]);
      for (let index = 0; index < 60; index++)
        drawNext(
          Float32Array.from({ length: 70 }, (_, id) => (id * seed) % 12),
          0,
          state,
        );
      const ngrams = state.text.slice(n - 1).map((_, index) => state.text.slice(index, index + n).join());
      expect(new Set(ngrams).size).toBe(ngrams.length);
    }),
  );
});

test("no-repeat-ngram: where no token can follow, a message says so", () => {
  const logits = new Float32Array(3);
  expect(() => distribution(logits, { temperature: 1, noRepeatNgram: 1 }, { text: [0, 1, 2] })).toThrow(
    "--no-repeat-ngram excludes every token that could follow; give a larger number",
  );
});
