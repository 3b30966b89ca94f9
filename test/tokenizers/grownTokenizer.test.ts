import { describe, expect, test } from "vitest";
import { canGrow, firstTokens, growingTrainer } from "../../src/tokenizers/grownTokenizer.js";
import { type Tokenizer, tokenizerFrom, type TokenizerOptions, tokenizerTrainer } from "../../src/tokenizers/index.js";
import { unknownId } from "../../src/tokenizers/specialTokens.js";

function trained(kind: string, text: string, options: TokenizerOptions = {}): Tokenizer {
  const trainer = tokenizerTrainer(kind, options);
  trainer.add(text);
  return trainer.finish();
}

function grown(tokenizer: Tokenizer, text: string, vocabulary?: number): Tokenizer {
  const trainer = growingTrainer(tokenizer, { vocabulary });
  trainer.add(text);
  return trainer.finish();
}

const old = "The fox ran to the hen-house.\nThe hen saw the fox.\n";
const other = "The ferryman saw a fox by the water; a fox, at dusk!\n";

describe.each(["characters", "words", "whitespace"])("%s", (kind) => {
  test("a grown tokenizer encodes the old text as before, and the new text without unknown tokens", () => {
    const before = trained(kind, old);
    const after = grown(before, other);
    expect(after.vocabulary.slice(0, before.vocabulary.length)).toEqual(before.vocabulary);
    expect(after.vocabulary.length).toBeGreaterThan(before.vocabulary.length);
    expect(after.encode(old)).toEqual(before.encode(old));
    expect(before.encode(other)).toContain(unknownId);
    expect(after.encode(other)).not.toContain(unknownId);
  });

  test("its first tokens are the tokenizer that it was before", () => {
    const before = trained(kind, old);
    const again = firstTokens(grown(before, other), before.vocabulary.length);
    expect(again.toJSON()).toEqual(before.toJSON());
    expect(again.encode(other)).toEqual(before.encode(other));
  });

  test("a text without new tokens adds none", () => {
    const before = trained(kind, old);
    expect(grown(before, old).toJSON()).toEqual(before.toJSON());
  });

  test("the vocabulary's limit counts the old tokens, and the most frequent new ones come first", () => {
    const before = trained(kind, old);
    const full = grown(before, other);
    const size = before.vocabulary.length + 1;
    expect(grown(before, other, size).vocabulary).toEqual(full.vocabulary.slice(0, size));
  });

  test("lowercase, normalization and clusters stay those of the tokenizer", () => {
    const before = trained(kind, old, { lowercase: true, normalization: ["nfc", "quotes"], clusters: true });
    const after = grown(before, "ÉTÉ “été” กา\n");
    const { vocabulary: _vocabulary, ...options } = before.toJSON();
    expect(after.toJSON()).toMatchObject(options);
    expect(after.encode("e\u0301te\u0301")).toEqual(after.encode("ÉTÉ"));
    expect(after.encode("ÉTÉ")).not.toContain(unknownId);
  });

  test("a grown tokenizer is restored from its data", () => {
    const after = grown(trained(kind, old), other);
    expect(tokenizerFrom(after.toJSON()).encode(other)).toEqual(after.encode(other));
  });
});

test("whitespace: a text in which <unk> is written gets a token for it", () => {
  expect(grown(trained("whitespace", old), "the <unk> fox").encode("<unk>")).not.toContain(unknownId);
});

test("subwords keep their merges, because they encode any text", () => {
  const before = trained("subwords", old, { vocabulary: 280 });
  expect(canGrow(before)).toBe(false);
  expect(grown(before, other).toJSON()).toEqual(before.toJSON());
});
