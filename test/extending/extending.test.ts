/** @file Extensions through the library alone: a cell, a pooling, a tokenizer, a sampler and an export format outside of the source tree. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import {
  classify,
  defineCell,
  defineExporter,
  definePooling,
  defineSampler,
  defineTokenizer,
  exportModel,
  generate,
  loadModel,
  resume,
  type Tokenizer,
  tf,
  train,
} from "../../src/index.js";
import { rnnProcess } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const folder = folderWith({ "tale.txt": tale(40), "opinions.csv": csvOf(opinions(60)) });
const pathOf = (name: string): string => join(folder, name);
const tiny = { embedding: 6, units: 8, batchSize: 4, epochs: 2 };

/** Splits a text into vowels, other single letters, and the text between them. */
const pieces = (text: string): string[] => text.match(/[aeiou]+|[a-z]|[^a-z]+/gi) ?? [];

function piecesTokenizer(vocabulary: readonly string[]): Tokenizer {
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const write = (id: number): string => (id === 1 ? "" : vocabulary[id]!);
  return {
    kind: "vowel-groups",
    vocabulary,
    encode: (text) => pieces(text).map((piece) => ids.get(piece) ?? 0),
    decode: (tokens) => Array.from(tokens, write).join(""),
    decoder: () => ({ write, flush: () => "" }),
    toJSON: () => ({ kind: "vowel-groups", lowercase: false, tokens: vocabulary }),
  };
}

/** Drops all that is not a letter. */
function lettersTokenizer(): Tokenizer {
  const vocabulary = ["<unk>", "<end>", ...Array.from("abcdefghijklmnopqrstuvwxyz")];
  const write = (id: number): string => (id === 1 ? "" : vocabulary[id]!);
  return {
    kind: "letters",
    vocabulary,
    encode: (text) => (text.match(/[a-z]/g) ?? []).map((letter) => vocabulary.indexOf(letter)),
    decode: (tokens) => Array.from(tokens, write).join(""),
    decoder: () => ({ write, flush: () => "" }),
    toJSON: () => ({ kind: "letters", lowercase: false }),
  };
}

beforeAll(async () => {
  /** h' = u h + (1 - u) tanh(x W + h U + b), u = 1/2: an update that is not learned. */
  defineCell("half-leaky", {
    gates: 1,
    states: 1,
    step: (input, [hidden], { kernel, recurrent, bias }) => {
      const sums = tf.add(tf.add(tf.matMul(input, kernel), tf.matMul(hidden, recurrent)), bias); // [batch, units]
      return [tf.mul(tf.add(hidden, tf.tanh(sums)), 0.5)];
    },
  });
  /** The mean of the last outputs and of their squares. */
  definePooling("squared-last", { forward: ({ ends }) => tf.mul(tf.add(ends!, tf.square(ends!)), 0.5) });
  defineTokenizer("vowel-groups", {
    trainer: () => {
      const found = new Set<string>();
      return {
        add: (text) => pieces(text).forEach((piece) => found.add(piece)),
        finish: () => piecesTokenizer(["<unk>", "<end>", ...found]),
      };
    },
    from: ({ tokens }) => piecesTokenizer(tokens as string[]),
  });
  /** Keeps the token with the lowest id among those with a weight. */
  defineSampler("lowestId", {
    describe: "sample the token with the lowest id",
    range: { from: 1, to: 1 },
    apply: ({ ids, count, weights }) => {
      ids[0] = ids.subarray(0, count).reduce((lowest, id) => (weights[id]! > 0 && id < lowest ? id : lowest));
      return 1;
    },
  });
  defineExporter("shapes", {
    describe: "the shape of each weight",
    files: ({ network }) => ({
      "shapes.json": JSON.stringify(Object.fromEntries([...network.weights].map(([name, { shape }]) => [name, shape]))),
    }),
  });
  const shared = { ...tiny, cell: "half-leaky", tokenizer: "vowel-groups" } as const;
  await train(pathOf("tale.txt"), { ...shared, sequenceLength: 16, out: pathOf("generator") });
  await train(pathOf("opinions.csv"), { ...shared, pooling: ["squared-last", "max"], out: pathOf("classifier") });
  await train(pathOf("opinions.csv"), { ...tiny, pooling: ["squared-last"], out: pathOf("pooled") });
  await train(pathOf("opinions.csv"), { ...tiny, tokenizer: "vowel-groups", out: pathOf("tokenized") });
});

test("extending: a generator of a new cell and tokenizer is saved, loaded, resumed and generates with a new sampler", async () => {
  const model = await loadModel(pathOf("generator"), { task: "generator" });
  expect(model.tokenizer.kind).toBe("vowel-groups");
  const options = { prompt: "the ", maxTokens: 12, seed: 1 };
  const [usual] = await generate(model, options);
  const [lowest] = await generate(model, { ...options, samplers: { lowestId: 1 } });
  expect(usual!.length).toBeGreaterThan(12);
  expect(lowest).toBe(`the ${model.tokenizer.vocabulary[2]!.repeat(12)}`); // special tokens are never sampled
  model.network.dispose();
  expect((await resume(pathOf("generator"), { epochs: 3 })).history).toMatchObject([{ epoch: 3 }]);
});

test("extending: a generator whose tokenizer makes no token of a newline begins a text without a prompt", async () => {
  defineTokenizer("letters", {
    trainer: () => ({ add: () => undefined, finish: lettersTokenizer }),
    from: lettersTokenizer,
  });
  const { history } = await train(pathOf("tale.txt"), { ...tiny, tokenizer: "letters", out: pathOf("letters") });
  expect(history[0]!.sample).toMatch(/^[a-z]+$/);
});

test("extending: a classifier of a new cell, pooling and tokenizer is saved, loaded and classifies", async () => {
  const [first] = await classify(pathOf("classifier"), [opinions(1)[0]!.text]);
  expect(["blame", "praise"]).toContain(first![0]!.label);
});

test("extending: a new export format writes its files, and others say that they have no form of a new cell", async () => {
  await exportModel(pathOf("classifier"), { to: "shapes", out: pathOf("shapes") });
  const shapes = JSON.parse(readFileSync(pathOf("shapes/shapes.json"), "utf8")) as Record<string, number[]>;
  expect(Object.values(shapes)).toContainEqual([8, 8]);
  await expect(exportModel(pathOf("classifier"), { to: "onnx", out: pathOf("onnx") })).rejects.toThrow(
    /^onnx has no form of the /,
  );
});

test.each([
  ["generator", "generate", /vowel-groups|half-leaky/],
  ["classifier", "classify", /half-leaky|vowel-groups/],
  ["pooled", "classify", /pooling squared-last/],
  ["tokenized", "classify", /tokenizer vowel-groups/],
])("extending: an unknown name in the checkpoint %s is an error of one line", async (name, command, message) => {
  const { code, stdout, stderr } = await rnnProcess([command, "-c", `./${name}`], { cwd: folder, input: "a\n" });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^rnn: [^\n]+\n$/);
  expect(stderr).toMatch(message);
});
