/** @file The layout of JSON files. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatJson, isJson, withFiniteNumbers } from "../../src/common/json.js";

test("json: the layout keeps the data", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      if (!isJson(plain)) return; // a key __proto__
      expect(JSON.parse(formatJson(plain))).toEqual(plain);
    }),
  );
});

test("json: short values take one line, a history one line an entry, a vocabulary a paragraph", () => {
  const entries = Array.from({ length: 4 }, (_, epoch) => ({
    epoch,
    loss: 1.2345678,
    perplexity: 3.4372,
    rate: 0.002,
  }));
  const text = formatJson({
    short: [1, 2],
    none: [],
    skipped: undefined,
    history: entries,
    vocabulary: "abcdefghijklmnopqrstuvwxyz".split(""),
  });
  expect(text).toMatchInlineSnapshot(`
    "{
      "short": [1, 2],
      "none": [],
      "history": [
        { "epoch": 0, "loss": 1.2345678, "perplexity": 3.4372, "rate": 0.002 },
        { "epoch": 1, "loss": 1.2345678, "perplexity": 3.4372, "rate": 0.002 },
        { "epoch": 2, "loss": 1.2345678, "perplexity": 3.4372, "rate": 0.002 },
        { "epoch": 3, "loss": 1.2345678, "perplexity": 3.4372, "rate": 0.002 }
      ],
      "vocabulary": [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w",
        "x", "y", "z"
      ]
    }"
  `);
});

test("json: values that JSON lacks are not plain data", () => {
  const deep = JSON.parse("[".repeat(100) + "]".repeat(100)) as unknown;
  const hostile = JSON.parse('{"a":[{"__proto__":{"b":1}}]}') as unknown;
  for (const value of [NaN, -Infinity, undefined, deep, hostile, () => 1, [Symbol("a")], 1n]) {
    expect(isJson(value)).toBe(false);
  }
  expect(isJson({ a: [1, "b", null, { c: true, d: undefined }] })).toBe(true);
});

test("json: numbers that are not finite become null, at any depth", () => {
  expect(withFiniteNumbers({ a: NaN, b: [Infinity, 1], c: { d: -Infinity, e: 0 }, f: null })).toEqual({
    a: null,
    b: [null, 1],
    c: { d: null, e: 0 },
    f: null,
  });
});
