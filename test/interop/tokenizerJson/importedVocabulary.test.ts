/** @file Vocabularies of other programs become tokenizers of ours: which token is which, and what is refused. */
import { expect, test } from "vitest";
import { UserError } from "../../../src/common/errors.js";
import { type VocabularyOptions, vocabularyFrom } from "../../../src/interop/tokenizerJson/importedVocabulary.js";

const read = (data: unknown, options: VocabularyOptions = {}) => {
  const { tokenizer, order, ...rest } = vocabularyFrom(data, "tokens.json", options);
  return { kind: tokenizer.kind, tokens: tokenizer.vocabulary, order: order && [...order], ...rest };
};

test("special tokens come first under our names, padding goes, and all keep their rows", () => {
  expect(read(["<pad>", "a", "<unk>", "b", "<eos>"])).toEqual({
    kind: "characters",
    tokens: ["<unk>", "<end>", "a", "b"],
    order: [2, 4, 1, 3],
    size: 5,
    hasEnd: true,
  });
});

test("what a vocabulary lacks has no row", () => {
  expect(read(["the", "fox"])).toMatchObject({ kind: "whitespace", order: [-1, -1, 0, 1], hasEnd: false });
});

test("tokens may be told by their numbers, and special ones by name", () => {
  const options = { unknown: "?", end: ".", padding: "_" };
  expect(read({ the: 1, _: 0, ".": 3, "?": 2, a: 4 }, options)).toMatchObject({
    tokens: ["<unk>", "<end>", "the", "a"],
    order: [2, 3, 1, 4],
  });
});

test("words that mean something to programs are words", () => {
  const tokens = ["kind", "constructor", "prototype", "__proto__", "format"];
  const numbers: unknown = JSON.parse(`{${tokens.map((token, number) => `"${token}": ${number}`).join(", ")}}`);
  expect(read(numbers)).toEqual(read(tokens));
  expect(read(numbers)).toMatchObject({ order: [-1, -1, 0, 1, 2, 3, 4] });
});

test("a tokenizer of ours is taken as it is", () => {
  const data = { kind: "characters", lowercase: true, vocabulary: ["<unknown>", "<end>", "a"] };
  expect(read(data)).toMatchObject({ kind: "characters", order: null, size: 3 });
});

test("words keep their spacing tokens where ours has them", () => {
  const tokens = ["fox", " ", "<unknown>", "<join>", "<end>"];
  expect(read(tokens, { tokenizer: "words" })).toMatchObject({
    kind: "words",
    tokens: ["<unk>", "<end>", "<join>", " ", "fox"],
    order: [2, 4, 3, 1, 0],
  });
});

test.each([
  ["a word twice", ["a", "b", "a"], {}, 'has the token "a" twice'],
  ["a hole in the numbers", { a: 0, b: 2 }, {}, 'numbers "b" as 2'],
  ["a number twice", { a: 0, b: 0 }, {}, 'numbers "b" as 0'],
  ["no list", { a: "b" }, {}, "is no vocabulary"],
  ["a number", 7, {}, "is no vocabulary"],
  ["a list of numbers", [1, 2], {}, "is no vocabulary"],
  ["a token that is not there", ["a"], { end: "." }, "--end . is no token of tokens.json"],
  ["a word among characters", ["a", "bc"], { tokenizer: "characters" }, 'the token "bc" is not one character'],
  ["words without their spaces", ["fox"], { tokenizer: "words" }, "--tokenizer whitespace"],
  ["subwords without their merges", ["fox"], { tokenizer: "subwords" }, "does not say how subwords are made"],
  ["an unknown tokenizer", { kind: "syllables" }, {}, "unknown tokenizer syllables"],
] as const)("%s is refused", (_, data, options, message) => {
  const reading = () => read(data, options);
  expect(reading).toThrow(UserError);
  expect(reading).toThrow(message);
});
