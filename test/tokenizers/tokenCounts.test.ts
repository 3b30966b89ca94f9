/** @file Counts of tokens: the most frequent ones, and the limit that bounds their memory. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { codeUnits } from "../../src/tokenizers/codeUnits.js";
import { TokenCounts } from "../../src/tokenizers/vocabulary.js";

function counted(tokens: readonly string[], limit?: number): TokenCounts {
  const counts = new TokenCounts(limit);
  for (const token of tokens) counts.add(codeUnits(token), 0, token.length);
  return counts;
}

test("counts: the most frequent tokens first, ties in the order of their code units", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", maxLength: 3 })),
      fc.integer({ min: 0, max: 30 }),
      (tokens, limit) => {
        const times = new Map<string, number>();
        for (const token of tokens) times.set(token, (times.get(token) ?? 0) + 1);
        const wanted = [...times].toSorted(([a, timesOfA], [b, timesOfB]) => timesOfB - timesOfA || (a < b ? -1 : 1));
        expect([...counted(tokens).frequent(limit)]).toEqual(wanted.slice(0, limit));
        expect(counted(tokens).mostFrequent(limit)).toEqual(wanted.slice(0, limit).map(([token]) => token));
      },
    ),
  );
});

test("counts: above the limit rare tokens are forgotten and frequent ones keep their counts", () => {
  const rare = Array.from({ length: 500 }, (_, index) => `rare${index}`);
  const tokens = rare.flatMap((token, index) => (index % 5 === 0 ? ["the", "cat", token] : ["the", token]));
  const counts = counted(tokens, 64);
  expect([...counts.frequent(2)]).toEqual([
    ["the", 500],
    ["cat", 100],
  ]);
  expect(counts.mostFrequent(1000).length).toBeLessThan(65);
});

test("counts: more different tokens than the limit, each seen often, are still counted in little time", () => {
  const tokens = Array.from({ length: 40_000 }, (_, index) => `token${index % 2000}`);
  const twice = tokens.flatMap((token) => [token, token, token]);
  expect(counted(twice, 1000).mostFrequent(5000).length).toBeLessThanOrEqual(1000);
});
