/** @file The distribution of a draw: temperature, samplers, banned tokens; and the draw itself. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../../src/common/errors.js";
import { randomStream } from "../../../src/common/random.js";
import {
  createSamplerChain,
  distribution,
  type DistributionOptions,
  draw,
} from "../../../src/inference/generation/distribution.js";
import numpy from "../../parity/draw.json" with { type: "json" };

const logitsOf = (probabilities: number[]): Float32Array => Float32Array.from(probabilities, Math.log);

const rounded = (probabilities: Float64Array): number[] => Array.from(probabilities, (p) => Math.round(p * 1e6) / 1e6);

const anyLogits = fc
  .array(fc.integer({ min: -120, max: 120 }), { minLength: 1, maxLength: 60 })
  .map((quarters) => Float32Array.from(quarters, (quarter) => quarter / 4));
const anyOptions: fc.Arbitrary<DistributionOptions> = fc.record(
  {
    temperature: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 10, noNaN: true })),
    topK: fc.integer({ min: 1, max: 70 }),
    topP: fc.double({ min: 0.001, max: 1, noNaN: true }),
    minP: fc.double({ min: 0, max: 1, noNaN: true }),
  },
  { requiredKeys: ["temperature"] },
);

// Course row 3.14: docs/guide/README.md#course-rows
test("distribution: for any options the probabilities sum to 1 and keep the order of the logits", () => {
  fc.assert(
    fc.property(anyLogits, anyOptions, (logits, options) => {
      const probabilities = distribution(logits, options);
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
      const byProbability = [...logits.keys()].toSorted((a, b) => logits[b]! - logits[a]! || a - b);
      const sorted = byProbability.map((id) => probabilities[id]!);
      expect(sorted).toEqual(sorted.toSorted((a, b) => b - a));
    }),
  );
});

test("distribution: temperature 1 gives the softmax", () => {
  expect(rounded(distribution(logitsOf([0.5, 0.2, 0.3]), { temperature: 1 }))).toEqual([0.5, 0.2, 0.3]);
});

test("distribution: temperature 0 gives the most probable token, the lowest id among equals", () => {
  expect([...distribution(Float32Array.of(1, 3, 3, 2), { temperature: 0 })]).toEqual([0, 1, 0, 0]);
  expect([...distribution(Float32Array.of(1, 3, 3, 2), { temperature: 0, topK: 3, topP: 0.9 })]).toEqual([0, 1, 0, 0]);
});

test("distribution: a low temperature approaches the most probable token, a high one the uniform distribution", () => {
  const logits = Float32Array.of(1, 3, 2);
  expect(distribution(logits, { temperature: 1e-300 })[1]).toBe(1);
  expect(rounded(distribution(logits, { temperature: 1e9 }))).toEqual([0.333333, 0.333333, 0.333333]);
});

test("top-k: exactly k tokens stay, the lowest ids among equals", () => {
  expect(rounded(distribution(new Float32Array(6), { temperature: 1, topK: 2 }))).toEqual([0.5, 0.5, 0, 0, 0, 0]);
  fc.assert(
    fc.property(anyLogits, fc.integer({ min: 1, max: 70 }), (logits, topK) => {
      const kept = distribution(logits, { temperature: 20, topK }).filter((p) => p > 0);
      expect(kept).toHaveLength(Math.min(topK, logits.length));
    }),
  );
});

test("top-p: the fewest most probable tokens whose probabilities reach p stay, at least one", () => {
  const logits = logitsOf([0.05, 0.5, 0.15, 0.3]);
  const kept = (topP: number): number[] => rounded(distribution(logits, { temperature: 1, topP }));
  expect(kept(0.01)).toEqual([0, 1, 0, 0]);
  expect(kept(0.7)).toEqual([0, 0.625, 0, 0.375]);
  expect(kept(0.9)).toEqual([0, 0.526316, 0.157895, 0.315789]);
  expect(kept(1)).toEqual([0.05, 0.5, 0.15, 0.3]);
});

test("top-p: the tokens that stay are those of a full sort", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 200 }), (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const goal = Math.floor(total / 2) + 0.5; // between two whole sums, where rounding decides nothing
      let sum = 0;
      const fewest = weights.toSorted((a, b) => b - a).findIndex((weight) => (sum += weight) > goal) + 1;
      const kept = distribution(logitsOf(weights), { temperature: 1, topP: goal / total }).filter((p) => p > 0);
      expect(kept).toHaveLength(fewest);
    }),
  );
});

test("distribution: samplers come after temperature, top-k before top-p", () => {
  const logits = logitsOf([0.4, 0.3, 0.2, 0.1]);
  expect(rounded(distribution(logits, { temperature: 1, topK: 2, topP: 0.5 }))).toEqual([1, 0, 0, 0]); // 0.4 of 0.7
  expect(rounded(distribution(logits, { temperature: 1, topP: 0.5 }))).toEqual([0.571429, 0.428571, 0, 0]);
  expect(rounded(distribution(logits, { temperature: 0.5, topP: 0.5 }))).toEqual([1, 0, 0, 0]); // 0.16 of 0.30
});

test("min-p: tokens at least p times as probable as the most probable one stay", () => {
  const kept = rounded(distribution(logitsOf([0.5, 0.04, 0.26, 0.2]), { temperature: 1, minP: 0.5 }));
  expect(kept).toEqual([0.657895, 0, 0.342105, 0]);
});

test("distribution: a banned token has probability 0", () => {
  const logits = logitsOf([0.6, 0.3, 0.1]);
  expect(rounded(distribution(logits, { temperature: 1, banned: [0] }))).toEqual([0, 0.75, 0.25]);
  expect(rounded(distribution(logits, { temperature: 0, banned: [0] }))).toEqual([0, 1, 0]);
  expect(() => distribution(logits, { temperature: 1, banned: [0, 1, 2] })).toThrow("all 3 tokens are banned");
});

test("sampler chain: draws follow the distribution and depend on the random source alone", () => {
  const options = { temperature: 0.8, topK: 4, topP: 0.95 };
  const logits = Float32Array.of(1, -2, 0.5, 2, 0, 1.5);
  const chain = createSamplerChain(options);
  const [random, again] = [randomStream(5, "sampler"), randomStream(5, "sampler")];
  const ids = Array.from({ length: 20_000 }, () => chain(logits, random));
  expect(ids.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => createSamplerChain(options)(logits, again)));
  for (const [id, probability] of distribution(logits, options).entries()) {
    const frequency = ids.filter((drawn) => drawn === id).length / ids.length;
    expect(Math.abs(frequency - probability)).toBeLessThanOrEqual(probability === 0 ? 0 : 0.015);
  }
});

test("sampler chain: a draw from a vocabulary of 10,000 takes a fraction of a millisecond", () => {
  const random = randomStream(2, "logits");
  const logits = Float32Array.from({ length: 10_000 }, () => 10 * random());
  const chain = createSamplerChain({ temperature: 0.8, topK: 40, topP: 0.95 });
  const start = process.cpuUsage();
  for (let times = 0; times < 500; times++) chain(logits, random);
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000 / 500).toBeLessThan(5); // ms of processor time; usually 0.3
});

test("distribution: logits that are not finite are an error", () => {
  for (const strange of [Number.NaN, Infinity, -Infinity]) {
    const logits = Float32Array.of(0, strange, 1);
    expect(() => distribution(logits, { temperature: 1 })).toThrow(UserError);
    expect(() => distribution(logits, { temperature: 0 })).toThrow(
      `not finite (${strange} for token 1): training diverged`,
    );
  }
});

test.each([
  [{ temperature: -1 }, "temperature: expected a number from 0, got -1"],
  [{ temperature: Number.NaN }, "temperature: expected a number from 0, got NaN"],
  [{ temperature: 1, topK: 0 }, "topK: expected a whole number from 1, got 0"],
  [{ temperature: 1, topK: 2.5 }, "topK: expected a whole number from 1, got 2.5"],
  [{ temperature: 1, topP: 0 }, "topP: expected a number above 0 to 1, got 0"],
  [{ temperature: 1, minP: 2 }, "minP: expected a number from 0 to 1, got 2"],
])("sampler chain: an option out of range is an error before the first draw: %o", (options, message) => {
  expect(() => createSamplerChain(options)).toThrow(message);
});

// Course row 3.14: docs/guide/README.md#course-rows
test.each(numpy.cases)("draw: the same indices as numpy: $name", ({ probabilities, uniform, indices }) => {
  expect(uniform.map((number) => draw(probabilities, () => number))).toEqual(indices);
});

test("draw: never an index of probability 0, for any uniform number", () => {
  const weights = fc.array(fc.oneof(fc.constant(0), fc.float({ min: 0, max: 1, noNaN: true })), { minLength: 1 });
  const uniform = fc.oneof(
    fc.constantFrom(0, 1 - 2 ** -53),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  );
  fc.assert(
    fc.property(weights, uniform, (probabilities, number) => {
      fc.pre(probabilities.some((probability) => probability > 0));
      expect(probabilities[draw(probabilities, () => number)]).toBeGreaterThan(0);
    }),
  );
});

test("draw: frequencies follow the probabilities", () => {
  const probabilities = [0.4, 0, 0.05, 0.25, 0.1, 0.2];
  const random = randomStream(1, "draws");
  const drawn = probabilities.map(() => 0);
  for (let times = 0; times < 20_000; times++) drawn[draw(probabilities, random)]! += 1;
  const chiSquare = probabilities.reduce(
    (sum, p, token) => (p === 0 ? sum : sum + (drawn[token]! - 20_000 * p) ** 2 / (20_000 * p)),
    0,
  );
  expect(drawn[1]).toBe(0);
  expect(chiSquare).toBeLessThan(18.5); // 4 degrees of freedom: exceeded once in a thousand seeds
});

test("draw: probabilities without a positive sum are an error", () => {
  for (const probabilities of [[], [0, 0], [0.5, Number.NaN]]) {
    expect(() => draw(probabilities, () => 0.5)).toThrow(RangeError);
  }
});
