/** @file Normalization: text that looks the same has the same tokens. */
import { expect, test } from "vitest";
import { tokenizerNames } from "../../src/common/names.js";
import { type Tokenizer, tokenizerFrom, tokenizerTrainer } from "../../src/tokenizers/index.js";
import { type Normalization, usualNormalization } from "../../src/tokenizers/normalization.js";

function trained(kind: string, text: string, normalization: Normalization): Tokenizer {
  const trainer = tokenizerTrainer(kind, { normalization });
  trainer.add(text);
  return trainer.finish();
}

test.each(tokenizerNames)("%s: composed and decomposed letters are the same tokens, also after loading", (kind) => {
  const [composed, decomposed] = ["café Ångström", "cafe\u0301 A\u030Angstro\u0308m"];
  for (const [training, other] of [
    [composed, decomposed],
    [decomposed, composed],
  ] as const) {
    const tokenizer = trained(kind, training, usualNormalization(kind, "generator"));
    const ids = tokenizer.encode(training);
    expect(tokenizer.encode(other)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(composed);
    expect(tokenizerFrom(JSON.parse(JSON.stringify(tokenizer))).encode(other)).toEqual(ids);
  }
});

test("words: typographic and straight apostrophes and quotation marks are the same tokens", () => {
  const tokenizer = trained("words", '"It isn\'t," he said, "worth it"', usualNormalization("words", "classifier"));
  const straight = '"It isn\'t worth it"';
  expect(tokenizer.encode("“It isn’t worth it”")).toEqual(tokenizer.encode(straight));
  expect(tokenizer.encode(straight)).not.toContain(0);
});

test("words: Thai, Lao, Khmer and Myanmar are cut into characters with their marks, to classify", () => {
  const text = "น้ำดี abc ខ្ញុំ ကို ລາວ";
  const tokenizer = trained("words", text, usualNormalization("words", "classifier"));
  const tokens = tokenizer.encode(text).map((id) => tokenizer.vocabulary[id]);
  expect(tokens).toEqual(["น้ำ", "ดี", "abc", "ខ្", "ញុំ", "ကို", "ລ", "າ", "ວ"]);
  expect(tokenizer.encode("ดีน้ำabc")).not.toContain(0);
  expect(tokenizer.encode("abc ລາວ")).toEqual(tokenizer.encode("abcລາວ"));
});

test("whitespace: quotation marks are kept for text that is generated, and folded for text that is classified", () => {
  expect(usualNormalization("whitespace", "generator")).toEqual(["nfc"]);
  expect(usualNormalization("whitespace", "tagger")).toEqual(["nfc", "quotes"]);
  expect(usualNormalization("characters", "classifier")).toEqual(["nfc"]);
});

test("a tokenizer whose data has no normalization reads text as it is", () => {
  const tokenizer = tokenizerFrom({
    kind: "words",
    lowercase: false,
    vocabulary: ["<unk>", "<end>", "<join>", " ", "don’t"],
  });
  expect(tokenizer.encode("don’t")).toEqual([4]);
  expect(tokenizer.encode("don't")).toEqual([0]);
  expect(tokenizer.toJSON()).not.toHaveProperty("normalization");
});

test("a tokenizer with an unknown normalization is one line", () => {
  const data = { kind: "characters", normalization: ["nfkc"], lowercase: false, vocabulary: ["<unk>", "<end>", "a"] };
  expect(() => tokenizerFrom(data)).toThrow(/^the tokenizer's normalization is damaged: /);
});
