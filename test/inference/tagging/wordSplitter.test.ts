/** @file Plain text split into the words of a tagger's corpus. */
import { expect, test } from "vitest";
import { wordSplitter } from "../../../src/inference/tagging/wordSplitter.js";
import { tokenizerTrainer } from "../../../src/tokenizers/index.js";

const trainer = tokenizerTrainer("whitespace");
trainer.add("I do n't know the well - known U.S. dog 's ... can not cannot");
const cut = wordSplitter(trainer.finish());

test.each([
  ["I don't know, the dog's...", ["I", "do", "n't", "know", ",", "the", "dog", "'s", "..."]],
  ["the well-known U.S.!", ["the", "well", "-", "known", "U.S.", "!"]],
  ["(cannot)", ["(", "cannot", ")"]],
  ["  new-fangled   o'clock ", ["new-fangled", "o'clock"]],
  ["", []],
  ["  ", []],
])("word splitter: %j", (text, words) => {
  expect(cut(text)).toEqual(words);
});

test("word splitter: only whitespace is dropped, for any text", () => {
  const text = "Żółć 東京 👩‍👩‍👧 a'b''c--d e'. 'f 10,000.50$ x_y\u00A0z";
  expect(cut(text).join("")).toBe(text.replaceAll(/\s/gu, ""));
});
