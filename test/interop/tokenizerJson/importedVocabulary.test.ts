/** @file Vocabularies of other programs as tokenizers: the ids of their tokens, and errors. */
import { expect, test } from "vitest";
import { UserError } from "../../../src/common/errors.js";
import { type VocabularyOptions, vocabularyFrom } from "../../../src/interop/tokenizerJson/importedVocabulary.js";

const read = (data: unknown, options: VocabularyOptions = {}) => {
  const { tokenizer, order, ...rest } = vocabularyFrom(data, "tokens.json", options);
  return { kind: tokenizer.kind, tokens: tokenizer.vocabulary, order: order && [...order], ...rest };
};

test("vocabulary: special tokens come first, padding is removed, and all tokens keep their rows", () => {
  expect(read(["<pad>", "a", "<unk>", "b", "<eos>"])).toEqual({
    kind: "characters",
    tokens: ["<unk>", "<end>", "a", "b"],
    order: [2, 4, 1, 3],
    size: 5,
    hasEnd: true,
  });
});

test("vocabulary: a special token that is absent has no row", () => {
  expect(read(["the", "fox"])).toMatchObject({ kind: "whitespace", order: [-1, -1, 0, 1], hasEnd: false });
});

test("vocabulary: ids by token, with special tokens from options", () => {
  const options = { unknown: "?", end: ".", padding: "_" };
  expect(read({ the: 1, _: 0, ".": 3, "?": 2, a: 4 }, options)).toMatchObject({
    tokens: ["<unk>", "<end>", "the", "a"],
    order: [2, 3, 1, 4],
  });
});

test("vocabulary: property names of JavaScript are ordinary words", () => {
  const tokens = ["kind", "constructor", "prototype", "__proto__", "format"];
  const numbers: unknown = JSON.parse(`{${tokens.map((token, number) => `"${token}": ${number}`).join(", ")}}`);
  expect(read(numbers)).toEqual(read(tokens));
  expect(read(numbers)).toMatchObject({ order: [-1, -1, 0, 1, 2, 3, 4] });
});

test("vocabulary: a tokenizer of a checkpoint is read as it is", () => {
  const data = { kind: "characters", lowercase: true, vocabulary: ["<unknown>", "<end>", "a"] };
  expect(read(data)).toMatchObject({ kind: "characters", order: null, size: 3 });
});

test("vocabulary: words have their spacing tokens first", () => {
  const tokens = ["fox", " ", "<unknown>", "<join>", "<end>"];
  expect(read(tokens, { tokenizer: "words" })).toMatchObject({
    kind: "words",
    tokens: ["<unk>", "<end>", "<join>", " ", "fox"],
    order: [2, 4, 3, 1, 0],
  });
});

test.each([
  ["a word twice", ["a", "b", "a"], {}, 'contains the token "a" twice'],
  ["a hole in the numbers", { a: 0, b: 2 }, {}, 'has the id 2 for "b"'],
  ["a number twice", { a: 0, b: 0 }, {}, 'has the id 0 for "b"'],
  ["no list", { a: "b" }, {}, "is not a vocabulary"],
  ["a number", 7, {}, "is not a vocabulary"],
  ["a list of numbers", [1, 2], {}, "is not a vocabulary"],
  ["a token that is not there", ["a"], { end: "." }, '--end: tokens.json has no token "."'],
  ["a word among characters", ["a", "bc"], { tokenizer: "characters" }, 'the token "bc" is not one character'],
  ["words without their spaces", ["fox"], { tokenizer: "words" }, "--tokenizer whitespace"],
  ["subwords without their merges", ["fox"], { tokenizer: "subwords" }, "does not store how"],
  ["an unknown tokenizer", { kind: "syllables" }, {}, "unknown tokenizer syllables"],
] as const)("vocabulary: %s is an error", (_, data, options, message) => {
  const reading = () => read(data, options);
  expect(reading).toThrow(UserError);
  expect(reading).toThrow(message);
});
