/** @file A tokenizer defined by the caller: it trains, is saved and loaded, and generates. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { defineTokenizer, generate, loadModel, type TokenizerDefinition, UserError } from "../../src/index.js";
import { removeTokenizer, tokenizerFrom } from "../../src/tokenizers/index.js";
import { folderWith } from "../support/folder.js";
import { documentIn, trainInto } from "../support/models.js";
import { tale } from "../support/texts.js";

/** Tokens of two characters. */
const bigrams: TokenizerDefinition = {
  unit: "bigrams",
  trainer: ({ vocabulary, lowercase }) => {
    const found = new Set<string>();
    return {
      add: (text) => piecesOf(text).forEach((piece) => found.add(piece)),
      finish: () => bigramTokenizer(["<unk>", "<end>", ...found].slice(0, vocabulary), lowercase),
    };
  },
  from: ({ tokens, lowercase }) => bigramTokenizer(tokens as string[], lowercase as boolean),
};

const piecesOf = (text: string): string[] => text.match(/[^]{1,2}/g) ?? [];

function bigramTokenizer(vocabulary: string[], lowercase: boolean): ReturnType<TokenizerDefinition["from"]> {
  const write = (id: number): string => (id === 1 ? "" : vocabulary[id]!);
  return {
    kind: "bigrams",
    vocabulary,
    encode: (text) => piecesOf(text).map((piece) => Math.max(0, vocabulary.indexOf(piece))),
    decode: (ids) => Array.from(ids, write).join(""),
    decoder: () => ({ write, flush: () => "" }),
    toJSON: () => ({ kind: "bigrams", lowercase, tokens: vocabulary }),
  };
}

const folder = folderWith({ "tale.txt": tale(40) });

test("defineTokenizer: a tokenizer of the caller trains, is saved and loaded, and generates", async () => {
  defineTokenizer("bigrams", bigrams);
  onTestFinished(() => removeTokenizer("bigrams"));
  const out = join(folder, "model");
  const events = await trainInto(out, join(folder, "tale.txt"), { tokenizer: "bigrams" });
  expect(events.at(-1)).toMatchObject({ type: "result", result: { part: "test" } });
  expect(documentIn(out)).toMatchObject({ tokenizer: { kind: "bigrams" }, options: { tokenizer: "bigrams" } });

  const model = await loadModel(out, { task: "generator" });
  const [text] = await generate(model, { prompt: "the ", maxTokens: 10, seed: 1 });
  expect(text!.length).toBeGreaterThan(10); // ten tokens of two characters, or one at the end of a text
});

test("loadModel: an unknown tokenizer in a checkpoint is one line that names the checkpoint", async () => {
  defineTokenizer("bigrams", bigrams);
  const out = join(folder, "foreign");
  await trainInto(out, join(folder, "tale.txt"), { tokenizer: "bigrams" });
  removeTokenizer("bigrams");
  const loading = loadModel(out, { backend: "auto" });
  await expect(loading).rejects.toThrow(UserError);
  await expect(loading).rejects.toThrow(
    `${out}: unknown tokenizer bigrams; tokenizers are: characters, words, whitespace, subwords`,
  );
});

test("tokenizerFrom: the former name of a tokenizer is accepted", () => {
  const stored = { kind: "spaces", lowercase: false, vocabulary: ["<unknown>", "<end>", "a"] };
  expect(tokenizerFrom(stored).toJSON()).toEqual({
    kind: "whitespace",
    lowercase: false,
    vocabulary: ["<unk>", "<end>", "a"],
  });
});
