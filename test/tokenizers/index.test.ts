/** @file Encoding and decoding of every tokenizer, and the content of vocabularies. */
import { type TokenizerName, tokenizerNames } from "../../src/common/names.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { endId, unknownId } from "../../src/tokenizers/specialTokens.js";
import {
  encodePieces,
  type Tokenizer,
  tokenizerFrom,
  tokenizerTrainer,
  type TrainerOptions,
} from "../../src/tokenizers/index.js";

function trained(name: TokenizerName, texts: string | string[], options?: TrainerOptions): Tokenizer {
  const trainer = tokenizerTrainer(name, options);
  for (const text of [texts].flat()) trainer.add(text);
  return trainer.finish();
}

const shown = (tokenizer: Tokenizer, text: string): string[] =>
  tokenizer.encode(text).map((id) => tokenizer.vocabulary[id]!);

function streamed(tokenizer: Tokenizer, ids: number[]): string {
  const decoder = tokenizer.decoder();
  return ids.map((id) => decoder.write(id)).join("") + decoder.flush();
}

const prose = fc
  .array(
    fc.constantFrom(
      ..."word|don't|well-known|3.50|.|,|\"|'|(|)|—|-| | |  |\n|\t|$|é|ß|東京|、|👍🏽|❤️|👨‍👩‍👧|\r|\u00A0|<end>|<join>".split(
        "|",
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));
const anyText = fc.oneof(prose, fc.string({ unit: "binary", maxLength: 60 }), fc.string({ unit: "grapheme" }));
const lossless = ["characters", "words", "subwords"] as const;

test.each(lossless)("%s: decoding restores the text, at once and token by token", (name) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const tokenizer = trained(name, text, { vocabulary: 400 });
      const ids = tokenizer.encode(text);
      expect(ids).not.toContain(unknownId);
      expect(ids).not.toContain(endId);
      expect(tokenizer.decode(ids)).toBe(text);
      expect(streamed(tokenizer, ids)).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test.each(tokenizerNames)("%s: encoding in pieces of any size gives the same ids as encoding at once", (name) => {
  const [upper, lower] = [false, true].map((lowercase) =>
    trained(name, 'He said: "Hello (again), don\'t worry" \n 東京 é 👍🏽  it.', { lowercase, vocabulary: 300 }),
  );
  const accented = tokenizerFrom({ ...JSON.parse(JSON.stringify(lower)), normalization: ["nfc", "quotes"] });
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 30 }), (text, size) => {
      for (const tokenizer of [upper!, lower!, accented])
        expect([...encodePieces(tokenizer, text, size)].flat()).toEqual(tokenizer.encode(text));
    }),
    { numRuns: 300 },
  );
});

test.each(tokenizerNames)("%s: decoding id by id gives the same text as decoding at once", (name) => {
  const tokenizer = trained(name, 'He said: "Hello (again), don\'t worry" \n 東京 é 👍🏽  it.');
  fc.assert(
    fc.property(fc.array(fc.nat(tokenizer.vocabulary.length - 1)), (ids) => {
      expect(streamed(tokenizer, ids)).toBe(tokenizer.decode(ids));
    }),
  );
});

test.each(tokenizerNames)("%s: a tokenizer from stored data is the same", (name) => {
  const text = 'The cat sat on the mat; "the mat," it said, was 3.50 ❤️ \\ \n<end> é東京';
  const tokenizer = trained(name, text, { lowercase: true, vocabulary: 300 });
  const again = tokenizerFrom(JSON.parse(JSON.stringify(tokenizer)));
  expect(again.vocabulary).toEqual(tokenizer.vocabulary);
  expect(again.encode(`${text} UNSEEN`)).toEqual(tokenizer.encode(`${text} UNSEEN`));
  expect(new Set(again.vocabulary).size).toBe(again.vocabulary.length - (name === "whitespace" ? 1 : 0)); // in it "<end>" is also an ordinary word
});

test.each(tokenizerNames)("%s: the vocabulary does not depend on the pieces of the training text", (name) => {
  const lines = ["one two\n", "two three, three\n", "three\n"];
  expect(trained(name, lines).toJSON()).toEqual(trained(name, lines.join("")).toJSON());
});

test.each(lossless)("%s: with lowercase, decoding gives the lowercase text", (name) => {
  const tokenizer = trained(name, "Hello WORLD, hello", { lowercase: true });
  expect(tokenizer.decode(tokenizer.encode("HELLO world"))).toBe("hello world");
});

test.each(["characters", "words", "whitespace"] as const)(
  "%s: text that equals a special token is ordinary text",
  (name) => {
    const tokenizer = trained(name, "a <end> b <unk> c <join> <end>");
    expect(tokenizer.vocabulary.slice(0, 2)).toEqual(["<unk>", "<end>"]);
    const ids = tokenizer.encode("<end> <unk>");
    expect(Math.min(...ids)).toBeGreaterThan(endId);
    expect(tokenizer.decode(ids)).toBe("<end> <unk>");
  },
);

// Course rows 1.5, 3.13: docs/guide/README.md#course-rows
test("vocabulary: keeps the most frequent tokens, ties in the order of their characters", () => {
  expect(trained("characters", "bbbaac", { vocabulary: 4 }).vocabulary.slice(2)).toEqual(["b", "a"]);
  expect(trained("characters", "zyx").vocabulary.slice(2)).toEqual(["x", "y", "z"]);
  expect(trained("whitespace", "b a c c b a d").vocabulary.slice(2)).toEqual(["a", "b", "c", "d"]);
  const words = trained("words", "b a c c", { vocabulary: 6 });
  expect(words.vocabulary.slice(4)).toEqual(["c", "a"]);
  expect(words.encode("c b")).toEqual([4, unknownId]);
  expect(words.decode(words.encode("c b."))).toBe("c <unk><unk>");
});

test("vocabulary: a size that is too small is an error", () => {
  expect(() => tokenizerTrainer("subwords", { vocabulary: 257 })).toThrow(
    "a vocabulary of 257 is too small for subwords; give --vocabulary 258 or more",
  );
  expect(() => tokenizerTrainer("words", { vocabulary: Number.NaN })).toThrow("too small");
});

test("words: apostrophes, hyphens and numbers are not split, and regular spaces have no tokens", () => {
  const text = '"Don\'t go," he said (twice): it\'s $3.50, well-known... isn\'t it?\n"Yes!"';
  expect(shown(trained("words", text), text)).toEqual(
    '" Don\'t go , " he said ( twice ) : it\'s $ 3.50 , well-known . . . isn\'t it ? \n " Yes ! "'.split(" "),
  );
  const unusual = "a  b . c/d";
  expect(shown(trained("words", unusual), unusual)).toEqual(["a", "  ", "b", " ", ".", "c", "/", "d"]);
});

test("words: scripts without spaces are split into characters", () => {
  const text = "東京へ行く、明日。";
  const tokenizer = trained("words", text);
  expect(shown(tokenizer, text)).toEqual(Array.from(text));
});

test("words: decoding restores a run of spaces that the vocabulary lacks", () => {
  const tokenizer = trained("words", "a b\tc");
  expect(tokenizer.decode(tokenizer.encode("a     b \tc"))).toBe("a     b \tc");
});

test("words: spacing is reset after the end of a document", () => {
  const tokenizer = trained("words", 'say "a b');
  const ids = tokenizer.encode('say "a');
  expect(tokenizer.decode([...ids, endId, ...ids])).toBe('say "asay "a');
});

test("whitespace: text that is already tokenized stays the same", () => {
  const tokenizer = trained("whitespace", " the <unk> wo n't do N \n the end \n");
  expect(tokenizer.decode(tokenizer.encode(" the <unk> wo n't \n the end \n"))).toBe("the <unk> wo n't\nthe end\n");
});

test("subwords: byte pairs are merged by frequency, ties by the lowest bytes", () => {
  const text = "low low low low low lower lower newest newest newest newest newest newest widest widest widest";
  const tokenizer = trained("subwords", text, { vocabulary: 258 + 8 });
  // es and st occur nine times, lo and ow seven times, all further merges six times
  expect(tokenizer.vocabulary.slice(258)).toEqual(["es", "est", "lo", "low", " n", " low", "ew", " new"]);
  expect(shown(tokenizer, " newest lowest")).toEqual([" new", "est", " low", "est"]);
});

test("subwords: overlapping pairs are counted as they are merged", () => {
  expect(trained("subwords", "aaaaaaaa aaaa", { vocabulary: 262 }).vocabulary.slice(258)).toEqual(["aa", "aaaa"]);
});

test("subwords: merging stops when no pair occurs twice, and every byte has a token", () => {
  const tokenizer = trained("subwords", "abc");
  expect(tokenizer.vocabulary).toHaveLength(258);
  expect(tokenizer.decode(tokenizer.encode("\uFEFF日本 😀 \\x41"))).toBe("\uFEFF日本 😀 \\x41");
  expect(shown(tokenizer, "é\\")).toEqual(["\\xC3", "\\xA9", "\\\\"]);
});

test("subwords: a character is decoded with its last byte, and half of one at the end is U+FFFD", () => {
  const tokenizer = trained("subwords", "");
  const [first, second, ...rest] = tokenizer.encode("😀");
  const decoder = tokenizer.decoder();
  expect([decoder.write(first!), decoder.write(second!)]).toEqual(["", ""]);
  expect(rest.map((id) => decoder.write(id))).toEqual(["", "😀"]);
  expect(decoder.write(first!) + decoder.flush()).toBe("\uFFFD");
});

test.each([
  [{ kind: "letters" }, "unknown tokenizer letters"],
  [null, "tokenizer is damaged"],
  [{ kind: "words", lowercase: false, vocabulary: ["a"] }, "special tokens first"],
  [{ kind: "whitespace", lowercase: false, vocabulary: ["<unknown>", "<end>", "a", "a"] }, "each token once"],
  [{ kind: "characters", lowercase: false, vocabulary: ["<unknown>", "<end>", "ab"] }, "ab is not one character"],
  [{ kind: "characters", lowercase: 1, vocabulary: ["<unknown>", "<end>"] }, "tokenizer is damaged: lowercase"],
  [{ kind: "words", lowercase: false, vocabulary: ["<unknown>", "<end>", "a", "b"] }, "spacing tokens"],
  [{ kind: "subwords", lowercase: false, merges: [5] }, "pairs of earlier ids"],
  [{ kind: "subwords", lowercase: false, merges: [5, 258] }, "pairs of earlier ids"],
  [{ kind: "subwords", lowercase: false, merges: [5, 1] }, "pairs of earlier ids"],
  [
    {
      kind: "subwords",
      lowercase: false,
      merges: Array.from({ length: 80 }, (_, at) => (at < 2 ? 5 : 257 + (at >> 1))),
    },
    "short tokens",
  ],
])("tokenizer: damaged data is an error: %j", (data, message) => {
  expect(() => tokenizerFrom(data)).toThrow(message);
});

const folder = process.env["RNN_DATA"];

test.skipIf(folder === undefined)(
  "words: spacing takes less than 1 % of the tokens of prose and verse (RNN_DATA)",
  () => {
    const text = readFileSync(join(folder ?? "", "tinyshakespeare/input.txt"), "utf8");
    const tokenizer = trained("words", text);
    const ids = tokenizer.encode(text);
    expect(tokenizer.decode(ids)).toBe(text);
    const spacing = ids.filter((id) => ["<join>", " "].includes(tokenizer.vocabulary[id]!));
    expect(spacing.length).toBeLessThan(ids.length / 100);
  },
);
