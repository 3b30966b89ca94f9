/** @file Normalization: text that looks the same has the same tokens. */
import { expect, test } from "vitest";
import { tokenizerNames } from "../../src/common/names.js";
import { type Tokenizer, tokenizerFrom, type TokenizerOptions, tokenizerTrainer } from "../../src/tokenizers/index.js";
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

/** The tokens of a text by a tokenizer that was trained on it. */
function tokensOf(text: string, options: TokenizerOptions): string[] {
  const trainer = tokenizerTrainer("words", options);
  trainer.add(text);
  const tokenizer = trainer.finish();
  const restored = tokenizerFrom(JSON.parse(JSON.stringify(tokenizer)));
  const ids = restored.encode(text);
  expect(ids).toEqual(tokenizer.encode(text));
  expect(restored.decode(ids)).toBe(text);
  return ids.map((id) => tokenizer.vocabulary[id]!);
}

test("words: Thai, Lao, Khmer and Myanmar are cut into characters with their marks, and joined again", () => {
  const tokens = tokensOf("น้ำดี๒๓ abc ខ្ញុំ ကို ລາວabc", { clusters: true });
  expect(tokens.filter((token) => token !== " " && token !== "<join>")).toEqual([
    "น้ำ",
    "ดี",
    "๒",
    "๓",
    "abc",
    "ខ្",
    "ញុំ",
    "ကို",
    "ລ",
    "າ",
    "ວ",
    "abc",
  ]);
  expect(tokensOf("สวัสดีครับ", { clusters: true })).not.toContain("<join>");
});

test("words: the long-vowel mark of kana is a word as other kana, without joins", () => {
  expect(tokensOf("コーヒーとｺｰﾋｰ", { clusters: true })).toEqual(Array.from("コーヒーとｺｰﾋｰ"));
});

test("words: data without the record of clusters cuts as before", () => {
  expect(tokensOf("コーヒー", {})).toEqual(["コ", "<join>", "ー", "<join>", "ヒ", "<join>", "ー"]);
  expect(tokensOf("สวัสดี", {})).toEqual(["สวัสดี"]);
  const tokenizer = trained("words", "น้ำดี", ["nfc", "quotes", "clusters"]);
  expect(tokenizerFrom(JSON.parse(JSON.stringify(tokenizer))).encode("น้ำดี")).toEqual([5, 4]);
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
