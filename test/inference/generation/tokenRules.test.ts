/** @file What texts say about tokens: --logit-bias, --ban and DRY's sequence breakers, for each tokenizer. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createDraw, textState } from "../../../src/inference/generation/distribution.js";
import { tokenOptions } from "../../../src/inference/generation/tokenRules.js";
import { randomStream } from "../../../src/common/random.js";
import type { Tokenizer } from "../../../src/tokenizers/index.js";
import { tokenizerTrainer } from "../../../src/tokenizers/index.js";
import { endId, specialTokens } from "../../../src/tokenizers/specialTokens.js";

const corpus = 'the cat, the cats and a con: "cat"\nthe hat is that\n'.repeat(20);

function tokenizerOf(kind: string): Tokenizer {
  const trainer = tokenizerTrainer(kind, kind === "subwords" ? { vocabulary: 290 } : {});
  trainer.add(corpus);
  return trainer.finish();
}
const tokenizers = ["characters", "words", "whitespace", "subwords"].map((kind) => ({
  kind,
  tokenizer: tokenizerOf(kind),
}));

/** Tokens drawn at random from all of the corpus that may follow. */
function textOf(tokenizer: Tokenizer, ban: string[], seed: number, prompt = ""): string {
  const used = new Set(tokenizer.encode(corpus));
  const logits = Float32Array.from(tokenizer.vocabulary, (_, id) => (used.has(id) ? 0 : -60));
  const { banned = [], constraint } = tokenOptions(tokenizer, { ban }, false);
  const drawNext = createDraw({ temperature: 1, banned: [0, endId, ...banned], ...(constraint && { constraint }) });
  const random = randomStream(seed, "ban");
  const state = textState(tokenizer.encode(prompt));
  for (let drawn = 0; drawn < 120; drawn++) drawNext(logits, random(), state);
  return tokenizer.decode(state.text);
}

const whole = (text: string): string[] => text.match(/[\p{L}\p{N}'’]+/gu) ?? [];

test.each(tokenizers)("ban: a word never occurs as a whole word, a character and a text nowhere ($kind)", (one) => {
  const { tokenizer } = one;
  fc.assert(
    fc.property(fc.nat(1000), (seed) => {
      const text = textOf(tokenizer, ["cat", "t", "s a"], seed);
      expect(text).not.toContain("t");
      expect(text).not.toContain("s a");
      const words = whole(textOf(tokenizer, ["cat", "the"], seed)).slice(0, -1); // the last one may go on
      expect(words).not.toContain("cat");
      expect(words).not.toContain("the");
    }),
    { numRuns: 15 },
  );
});

test("ban: a character of several tokens does not occur, nor does a text that ends with one", () => {
  const tokenizer = tokenizerOf("subwords"); // without é and … in its corpus, so that their bytes are tokens
  const written = (ban: string[], text: string): string => {
    const { banned = [], constraint } = tokenOptions(tokenizer, { ban }, false);
    const drawNext = createDraw({ temperature: 0, banned, ...(constraint && { constraint }) });
    const state = textState();
    for (const wanted of tokenizer.encode(text))
      drawNext(
        Float32Array.from(tokenizer.vocabulary, (_, id) => Number(id === wanted)),
        0,
        state,
      );
    return tokenizer.decode(state.text);
  };
  expect(written(["x"], "a é … ……")).toBe("a é … ……");
  expect(written(["é"], "a é")).not.toContain("é");
  expect(written([" …"], "a …")).not.toContain(" …");
  expect(written(["………"], "a ………")).toMatch(/^a ……(?!…)/);
});

test("ban: other words that contain a banned one may occur", () => {
  const { tokenizer } = tokenizers[0]!;
  const texts = Array.from({ length: 60 }, (_, seed) => textOf(tokenizer, ["at"], seed)).join(" ");
  expect(texts).toMatch(/[a-z]at|at[a-z]/);
});

test("ban: what a prompt says does not count", () => {
  for (const { tokenizer } of tokenizers) {
    const prompt = "the cats and the hat"; // each tokenizer has these words
    expect(textOf(tokenizer, ["hat", "cats"], 1, prompt).startsWith(prompt)).toBe(true);
  }
});

test.each(tokenizers)("logit bias: a token is named by its text ($kind)", ({ tokenizer }) => {
  const text = tokenizer.kind === "characters" ? "t" : "the";
  const { bias } = tokenOptions(
    tokenizer,
    { logitBias: { [text]: 3, ...(tokenizer.kind === "words" && { "\n": -Infinity }) } },
    false,
  );
  const [[id, value]] = [...bias!] as [[number, number]];
  expect(tokenizer.decode([id])).toBe(text);
  expect(value).toBe(3);
  const logits = new Float32Array(tokenizer.vocabulary.length);
  const drawNext = createDraw({ temperature: 0, banned: [0, 1], bias: bias! });
  expect(drawNext(logits, 0, textState())).toBe(id);
});

test("logit bias: a text that is not one token is an error that says which it is", () => {
  expect(() => tokenOptions(tokenizers[0]!.tokenizer, { logitBias: { the: 1 } }, false)).toThrow(
    'logit bias: "the" is not one token of this model: it is "t", "h", "e"',
  );
  expect(() => tokenOptions(tokenizers[1]!.tokenizer, { logitBias: { zebra: 1 } }, false)).toThrow(
    "not in the vocabulary",
  );
  expect(() => tokenOptions(tokenizers[1]!.tokenizer, { logitBias: { the: Number.NaN } }, false)).toThrow(
    "expected a number",
  );
});

test("dry: breakers are the tokens that contain them, or the sequence that they are", () => {
  for (const { tokenizer } of tokenizers) {
    const { breakers = [] } = tokenOptions(tokenizer, {}, true);
    expect(breakers.some(([id]) => tokenizer.decode([id!]).includes(":"))).toBe(true);
    expect(breakers.flat().every((id) => id >= specialTokens.length)).toBe(true);
  }
  const { tokenizer } = tokenizers[0]!;
  expect(tokenOptions(tokenizer, { drySequenceBreaker: "the" }, true).breakers).toEqual([tokenizer.encode("the")]);
  expect(() => tokenOptions(tokenizer, { drySequenceBreaker: "x" }, false)).toThrow(
    "no effect without --dry-multiplier",
  );
});
