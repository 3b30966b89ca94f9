/** @file The n-gram baseline against its formulas, and on real text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ngramBaseline, type NgramContexts, NgramModel, noContexts } from "../../src/baselines/ngramModel.js";
import { decodeSafetensors, encodeSafetensors, type NamedArrays } from "../../src/checkpoint/safetensors.js";
import { randomStream } from "../../src/common/random.js";

const folder = process.env["RNN_DATA"];

const endsWith = (longer: string, shorter: string): boolean => longer.slice(longer.indexOf(" ") + 1) === shorter;

/** p(token | context) by the definitions; counts at each call. */
function kneserNey(text: number[], context: number[], token: number, order: number, vocabulary: number): number {
  const grams = (size: number): string[] =>
    text.slice(size - 1).map((_, start) => text.slice(start, start + size).join(" "));
  const counts = (size: number): Map<string, number> => {
    const kinds = size === order ? [] : [...counts(size + 1).keys()];
    const counted = new Map<string, number>();
    for (const [start, gram] of grams(size).entries()) {
      // The beginning of the text counts as one more preceding token.
      const first = start === 0 ? 1 : 0;
      const value = size === order ? (counted.get(gram) ?? 0) + 1 : Math.max(counted.get(gram) ?? 0, first);
      counted.set(gram, value);
    }
    if (size < order) {
      for (const gram of counted.keys()) {
        counted.set(gram, counted.get(gram)! + kinds.filter((longer) => endsWith(longer, gram)).length);
      }
    }
    return counted;
  };
  const probability = (history: number[]): number => {
    const size = history.length + 1;
    const all = counts(size);
    const [once, twice] = [1, 2].map((n) => [...all.values()].filter((count) => count === n).length + 1);
    const discount = once! / (once! + 2 * twice!);
    const lower = size === 1 ? 1 / vocabulary : probability(history.slice(1));
    const following = [...all].filter(([gram]) => gram.split(" ").slice(0, -1).join(" ") === history.join(" "));
    const total = following.reduce((sum, [, count]) => sum + count, 0);
    if (total === 0) return lower;
    const count = all.get([...history, token].join(" ")) ?? 0;
    return (Math.max(count - discount, 0) + discount * following.length * lower) / total;
  };
  return probability(context.slice(-(order - 1)));
}

const letters = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 });

test("n-gram model: the loss agrees with the formula of interpolated Kneser–Ney smoothing", () => {
  fc.assert(
    fc.property(letters, letters, fc.integer({ min: 2, max: 4 }), (training, heldOut, order) => {
      const expected = heldOut.map((token, place) =>
        Math.log(kneserNey(training, heldOut.slice(0, place), token, order, 5)),
      );
      const { loss } = ngramBaseline(training, heldOut, { vocabulary: 5, order });
      expect(loss).toBeCloseTo(-expected.reduce((sum, log) => sum + log, 0) / heldOut.length, 10);
    }),
    { numRuns: 40 },
  );
});

test("n-gram model: after any context the probabilities sum to 1", () => {
  fc.assert(
    fc.property(letters, letters, fc.integer({ min: 1, max: 5 }), (training, context, order) => {
      const model = new NgramModel(6, order);
      model.fit(training);
      const before = model.loss(context) * context.length;
      let sum = 0;
      for (let token = 0; token < 6; token++) {
        sum += Math.exp(before - model.loss([...context, token]) * (context.length + 1));
      }
      expect(sum).toBeCloseTo(1, 9);
    }),
  );
});

test("n-gram model: unseen tokens have a small probability, not 0", () => {
  const { loss } = ngramBaseline([0, 1, 0, 1, 0, 1, 0, 1], [2, 2, 2], { vocabulary: 3, order: 3 });
  expect(loss).toBeLessThan(10);
  expect(loss).toBeGreaterThan(Math.log(3));
});

test("n-gram model: without training all tokens are equally likely", () => {
  expect(ngramBaseline([], [3, 1, 4], { vocabulary: 8, order: 3 }).perplexity).toBeCloseTo(8, 10);
});

test("n-gram model: reads at most the limit of each text", () => {
  const text = Int32Array.from({ length: 1000 }, (_, place) => place % 7);
  const options = { vocabulary: 7, order: 3 };
  const baseline = ngramBaseline(text, text, { ...options, limit: 100 });
  expect(baseline).toEqual(ngramBaseline(text.subarray(0, 100), text.subarray(0, 100), options));
  expect(baseline).toMatchObject({ trainedOn: 100, measuredOn: 100, order: 3 });
});

test("n-gram model: reads a part of each text, never none, where the time is over", () => {
  const text = Int32Array.from({ length: 50_000 }, (_, place) => place % 7);
  const { trainedOn, measuredOn } = ngramBaseline(text, text, {
    vocabulary: 7,
    order: 3,
    until: performance.now() - 1,
  });
  for (const tokens of [trainedOn, measuredOn]) {
    expect(tokens).toBeGreaterThan(0);
    expect(tokens).toBeLessThan(text.length);
  }
});

test("n-gram model: counts stay right when the table grows", () => {
  const text = Int32Array.from({ length: 30_000 }, (_, place) => place % 10_000);
  const { perplexity } = ngramBaseline(text, text.subarray(0, 10_000), { vocabulary: 10_000, order: 2 });
  expect(perplexity).toBeLessThan(1.7); // each token has one successor
});

test.skipIf(folder === undefined)(
  "n-gram model: the loss on Shakespeare's characters is in the published range of 5-gram models (RNN_DATA)",
  () => {
    const text = readFileSync(join(folder!, "tinyshakespeare/input.txt"), "utf8");
    const characters = [...new Set(text)];
    const idOf = new Map(characters.map((character, id) => [character, id]));
    const ids = Int32Array.from(text, (character) => idOf.get(character)!);
    const cut = Math.floor(ids.length * 0.9);
    const { loss } = ngramBaseline(ids.subarray(0, cut), ids.subarray(cut), {
      vocabulary: characters.length,
      order: 5,
    });
    expect(loss).toBeGreaterThan(1.5);
    expect(loss).toBeLessThan(1.65);
  },
);

test("n-gram model: the probabilities of all tokens are those of the formula", () => {
  fc.assert(
    fc.property(letters, letters, fc.integer({ min: 2, max: 4 }), (training, context, order) => {
      const model = new NgramModel(5, order);
      model.fit(training);
      const contexts = context.reduce((before: NgramContexts, token) => model.after(before, token), noContexts);
      const all = new Float64Array(5);
      model.distribution(contexts, all);
      for (const [token, probability] of all.entries()) {
        expect(probability).toBeCloseTo(kneserNey(training, context, token, order, 5), 10);
        expect(model.probability(contexts, token)).toBeCloseTo(probability, 14);
      }
    }),
    { numRuns: 40 },
  );
});

test("n-gram model: a stored model has the same bits", () => {
  fc.assert(
    fc.property(letters, letters, fc.integer({ min: 1, max: 5 }), (training, heldOut, order) => {
      const fitted = new NgramModel(4, order);
      fitted.fit(training);
      const loss = fitted.loss(heldOut);
      const loaded = NgramModel.fromArrays(stored(fitted), { vocabulary: 4, order });
      expect(loaded.loss(heldOut)).toBe(loss);
      expect(fitted.loss(heldOut)).toBe(loss);
      expect(stored(loaded)).toEqual(stored(fitted));
    }),
  );
});

test("n-gram model: an n-gram of a few thousand words takes at most seven bytes", () => {
  const random = randomStream(1, "words");
  const text = Int32Array.from({ length: 50_000 }, () => Math.floor(3000 * random() ** 4));
  const model = new NgramModel(3000, 4);
  model.fit(text);
  const bytes = encodeSafetensors(model.toArrays()).reduce((sum, { length }) => sum + length, 0);
  expect(bytes / model.size).toBeLessThan(7);
});

test("n-gram model: damaged arrays are an error", () => {
  const model = new NgramModel(4, 3);
  model.fit([0, 1, 2, 1, 0, 1, 2, 3]);
  const damage = (change: (arrays: NamedArrays) => void): (() => NgramModel) => {
    const arrays = stored(model);
    change(arrays);
    return () => NgramModel.fromArrays(arrays, { vocabulary: 4, order: 3 });
  };
  expect(damage(() => undefined)).not.toThrow();
  expect(damage((arrays) => arrays.delete("2/counts"))).toThrow(/damaged.*2\/counts is missing/);
  expect(damage((arrays) => arrays.delete("3/tokens"))).toThrow(/damaged/);
  expect(damage((arrays) => arrays.get("1/tokens")!.values.fill(9))).toThrow(/not in the vocabulary/);
  expect(damage((arrays) => arrays.get("1/tokens")!.values.set([1, 0]))).toThrow(/not in their order/);
  expect(damage((arrays) => arrays.get("1/children")!.values.fill(1))).toThrow(/damaged/);
  expect(damage((arrays) => arrays.get("3/counts")!.values.fill(0))).toThrow(/below 1/);
});

const stored = (model: NgramModel): NamedArrays =>
  decodeSafetensors(Uint8Array.from(Buffer.concat(encodeSafetensors(model.toArrays()))));
