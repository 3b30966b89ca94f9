/** @file Complete training runs on small corpora. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { crossEntropyHeadReference } from "../../src/engine/ops/crossEntropyHead.js";
import { tensor1d, tensor2d } from "../../src/engine/tfjs.js";
import { startEngine } from "../../src/model/model.js";
import { cells } from "../../src/network/cells.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, comparableContent, trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

/** Sentences of many lengths: some start with words that do not affect the label. */
const ofManyLengths = opinions(160).map(({ text, label }, index) => ({
  text: `${"so they said, ".repeat(index % 4)}${text}`,
  label,
}));
const cwd = folderWith({
  "tale.txt": tale(80),
  "opinions.csv": csvOf(opinions(160)),
  "lengths.csv": csvOf(ofManyLengths),
});
const pathOf = (name: string): string => join(cwd, name);
const weightsOf = (name: string) => (comparableContent(pathOf(name)) as { weights: string }).weights;

beforeAll(() => startEngine({ backend: "auto" }));

// Course row 2.2: docs/guide/README.md#course-rows
test("train: the seed determines every bit of the weights", async () => {
  const given = { dropout: 0.3, seed: 141 };
  await trainInto(pathOf("first"), pathOf("opinions.csv"), given);
  await trainInto(pathOf("second"), pathOf("opinions.csv"), given);
  await trainInto(pathOf("other"), pathOf("opinions.csv"), { ...given, seed: 142 });
  expect(weightsOf("second")).toBe(weightsOf("first"));
  expect(weightsOf("other")).not.toBe(weightsOf("first"));
});

// Course row 3.3: docs/guide/README.md#course-rows
test("train: an LSTM reads a vocabulary of 1,000 subwords", async () => {
  await trainInto(pathOf("pieces"), "corpora/reviews.csv", {
    tokenizer: "subwords",
    vocabulary: 1000,
    epochs: 1,
    batchSize: 32,
  });
  const { spec, tokenizer } = documentIn(pathOf("pieces"));
  expect([tokenizer!["kind"], spec!["vocabulary"]]).toEqual(["subwords", 1000]);
});

// Course row 3.8: docs/guide/README.md#course-rows
test("classify: each sentence from standard input gets a label and its probability", async () => {
  const input = "What a lovely evening, everyone was kind.\nNever again, the room was cold and dirty.\n";
  const { stdout, code } = await rnn(["classify", "-c", "critic"], { cwd, input });
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.map((line) => line.split("\t")[0])).toEqual(["positive", "negative"]);
  for (const line of lines) expect(Number(line.split("\t")[1])).toBeGreaterThan(0.5);
});

// Course rows 4.4, 4.6: docs/guide/README.md#course-rows
test.each([
  ["one length", "opinions.csv"],
  ["many lengths", "lengths.csv"],
])("train: a plain RNN classifies sentences of %s", async (lengths, corpus) => {
  const learner = { cell: "rnn", bidirectional: "no", pooling: ["last"], units: [16], learningRate: 0.01 } as const;
  const given = { ...learner, pooling: [...learner.pooling], units: [...learner.units], epochs: 12, batchSize: 8 };
  await trainInto(pathOf(lengths), pathOf(corpus), given);
  const { test: scores } = documentIn(pathOf(lengths)).metrics as { test: { accuracy: number } };
  expect(scores.accuracy).toBeGreaterThan(0.85);
});

// Course row 3.12: docs/guide/README.md#course-rows
test("loss: is minus the logarithm of the softmax probability of the word that follows", () => {
  const logits = [1, 2, -1]; // one output for each word of the vocabulary
  const identity = tensor2d([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  for (const [word, logit] of logits.entries()) {
    const loss = crossEntropyHeadReference(
      tensor2d([logits]),
      identity,
      tensor1d([0, 0, 0]),
      tensor1d([word], "int32"),
    );
    expect(loss.dataSync()[0]).toBeCloseTo(-Math.log(Math.exp(logit) / total), 5);
  }
});

// Course row 5.1: docs/guide/README.md#course-rows
test("recurrent: a step of a plain RNN is tanh(W h + W x)", () => {
  const [x, h] = [
    [0.5, -1],
    [0.25, 0.75],
  ] as const;
  const [kernel, recurrent] = [
    [
      [0.1, 0.2],
      [0.3, 0.4],
    ],
    [
      [-0.5, 0.6],
      [0.7, -0.8],
    ],
  ];
  const weights = { kernel: tensor2d(kernel), recurrent: tensor2d(recurrent), bias: tensor1d([0, 0]) };
  const [next] = cells.rnn.step(tensor2d([[...x]]), [tensor2d([[...h]])], weights);
  const byHand = [0, 1].map((unit) =>
    Math.tanh(
      x[0] * kernel[0]![unit]! + x[1] * kernel[1]![unit]! + h[0] * recurrent[0]![unit]! + h[1] * recurrent[1]![unit]!,
    ),
  );
  for (const [unit, value] of next.dataSync().entries()) expect(value).toBeCloseTo(byHand[unit]!, 6);
});

// Course row 5.5: docs/guide/README.md#course-rows
test("score: a language model gives a sentence a lower perplexity than its words in another order", async () => {
  await trainInto(pathOf("writer"), pathOf("tale.txt"), { tokenizer: "words", epochs: 12, learningRate: 0.02 });
  const input = "the fox took the lamp and walked home.\nlamp the home took fox and the walked.\n";
  const { stdout } = await rnn(["score", "-c", "./writer"], { cwd, input });
  const [sentence, shuffled] = stdout.split("\n").map((line) => Number(line.split("\t")[0]));
  expect(sentence).toBeLessThan(shuffled! / 5);
});
