import * as fc from "fast-check";
import { expect, test } from "vitest";
import { generatorDefaults, type GeneratorFacts } from "../../src/training/generatorDefaults.js";

const letters = { tokens: 300_000, vocabulary: 64 };
const words = { tokens: 64_000, vocabulary: 3300 };
const inTime = (seconds: number, speed = 1e11): GeneratorFacts["length"] => ({ seconds, speed });

const weightsOf = (facts: GeneratorFacts): number => {
  const { units } = generatorDefaults(facts).options;
  return units.reduce((sum, width, index) => sum + width * (width + (units[index - 1] ?? 0)), 0);
};

test("generatorDefaults: more time, or a faster machine, never gives a smaller network", () => {
  const text = fc.record({ tokens: fc.integer({ min: 100, max: 1e8 }), vocabulary: fc.integer({ min: 5, max: 1e5 }) });
  const time = fc.integer({ min: 1, max: 1e5 });
  fc.assert(
    fc.property(text, time, fc.double({ min: 1, max: 100, noNaN: true }), (facts, seconds, factor) => {
      const base = weightsOf({ ...facts, length: inTime(seconds) });
      expect(weightsOf({ ...facts, length: inTime(seconds * factor) })).toBeGreaterThanOrEqual(base);
      expect(weightsOf({ ...facts, length: inTime(seconds, 1e11 * factor) })).toBeGreaterThanOrEqual(base);
    }),
  );
});

test("generatorDefaults: with more passes over the same text there is more dropout", () => {
  const dropoutOf = (text: typeof letters, epochs: number) =>
    generatorDefaults({ ...text, length: { epochs }, units: [128, 128] }).options.dropout;
  for (const text of [letters, words]) {
    const rates = [1, 5, 10, 20, 100].map((epochs) => dropoutOf(text, epochs));
    expect(rates).toEqual(rates.toSorted((one, other) => one - other));
    expect(rates.at(-1)).toBeGreaterThan(rates[0]!);
  }
});

test("generatorDefaults: units that are given are kept, and the learning rate suits them", () => {
  const narrow = generatorDefaults({ ...letters, length: { epochs: 10 }, units: [32] }).options;
  const wide = generatorDefaults({ ...letters, length: { epochs: 10 }, units: [700, 700] }).options;
  expect([narrow.units, wide.units]).toEqual([[32], [700, 700]]);
  expect(narrow.learningRate).toBeGreaterThan(wide.learningRate);
});
