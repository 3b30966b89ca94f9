/** @file n-gram windows, sliding and from every prefix. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { prefixWindows, slidingWindows } from "../../src/examples/ngramWindows.js";

const words = "I went to the beach with my dog".split(" ");

// Course row 3.11: docs/guide/README.md#course-rows
test("n-gram windows: eight words have three windows of five", () => {
  const pairs = [...slidingWindows(words, 5)].map(({ inputs, target }) => `${inputs.join(" ")} → ${target}`);
  expect(pairs).toEqual(["I went to the beach → with", "went to the beach with → my", "to the beach with my → dog"]);
});

// Course row 3.11: docs/guide/README.md#course-rows
test("n-gram windows: every prefix predicts the next word, padded at the beginning", () => {
  const pairs = [...prefixWindows(words, 5, "_")].map(({ inputs, target }) => `${inputs.join(" ")} → ${target}`);
  expect(pairs).toEqual([
    "_ _ _ _ I → went",
    "_ _ _ I went → to",
    "_ _ I went to → the",
    "_ I went to the → beach",
    "I went to the beach → with",
    "went to the beach with → my",
    "to the beach with my → dog",
  ]);
});

test("n-gram windows: a text that is too short has none", () => {
  expect([...slidingWindows(words, 8)]).toEqual([]);
  expect([...prefixWindows(["I"], 5, "_")]).toEqual([]);
  expect([...prefixWindows([], 5, "_")]).toEqual([]);
});

test("n-gram windows: windows of a long text are made one by one", () => {
  const { inputs, target } = slidingWindows(new Int32Array(50_000_000).fill(7), 3).next().value!;
  expect([inputs, target]).toEqual([[7, 7, 7], 7]);
});

test("n-gram windows: the full windows are the prefixes without padding", () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 12 }), (tokens, length) => {
      const full = [...prefixWindows(tokens, length, -1)].filter(({ inputs }) => !inputs.includes(-1));
      expect([...slidingWindows(tokens, length)]).toEqual(full);
    }),
  );
});
