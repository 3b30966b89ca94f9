/** @file `rnn distill`: a smaller network that learned the probabilities of a larger one, beside it. */
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { distill } from "../../../src/library/distillationRuns.js";
import { train } from "../../../src/library/trainingRuns.js";
import { withTeacher } from "../../../src/training/teacher.js";
import { loadModel } from "../../../src/model/model.js";
import { documentBatch } from "../../../src/examples/documentExamples.js";
import { rnn } from "../../support/bin.js";
import { conlluText, simpleSentences } from "../../support/conllu.js";
import { folderWith } from "../../support/folder.js";
import { documentIn } from "../../support/models.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const cwd = folderWith({
  "opinions.csv": csvOf(opinions(120)),
  "texts.txt": opinions(60)
    .map(({ text }) => `${text}\n`)
    .join(""),
  "tags.conllu": conlluText(simpleSentences(60)),
  "tale.txt": tale(60),
});
const quick = { epochs: 6, learningRate: 0.02, batchSize: 8 };
const at = (name: string): string => join(cwd, name);

beforeAll(async () => {
  await train(at("opinions.csv"), { ...quick, model: "network", units: 12, embedding: 12, seed: 3, out: at("big") });
  await train(at("tags.conllu"), { ...quick, units: 16, embedding: 16, charUnits: 8, out: at("tagger") });
  await train(at("tale.txt"), { epochs: 1, units: 4, sequenceLength: 8, out: at("teller") });
});

test("distill: half of the units by default; size, scores and speed of both go to stderr, the folder to stdout", async () => {
  const { code, stdout, stderr } = await rnn(["distill", "big", "--into", "small", "--quantize", "int8"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toBe("small\n");
  expect(stderr).toContain("embedding 6 → bidirectional lstm 6");
  expect(stderr).toMatch(/^ +weights +parameters +test accuracy +test loss +documents\/s$/m);
  expect(stderr).toMatch(/^\d\d?% of the size, .*accuracy.*, [\d.]+ × as fast$/m);
  const { distilled, quantized, metrics, files } = documentIn(at("small"));
  const { sha256 } = documentIn(at("big")).files.weights;
  expect(distilled).toMatchObject({ weights: sha256, temperature: 2, alpha: 0.5 });
  expect(quantized?.type).toBe("int8");
  expect(files.training).toBeUndefined();
  const evaluation = JSON.parse((await rnn(["evaluate", "-c", "small", "--json"], { cwd })).stdout);
  expect(metrics["test"]).toMatchObject({ accuracy: evaluation.accuracy, loss: evaluation.loss });
  expect((await rnn(["inspect", "small"], { cwd })).stdout).toMatch(
    /^distilled +from .*big, temperature 2, alpha 0.5$/m,
  );
  const resumed = await rnn(["train", "--resume", "small", "--epochs", "9"], { cwd });
  expect(resumed.stderr).toMatch(/^rnn: small was distilled from .*big and cannot be resumed; distill again\n$/);
});

test("distill: texts without labels teach what the larger network predicts", async () => {
  const options = { ...quick, texts: at("texts.txt"), alpha: 1, into: at("untold"), units: 6, embedding: 8, seed: 9 };
  const { figures } = await distill(at("big"), options);
  expect(figures!.after.evaluation!.accuracy).toBeGreaterThan(0.9);
  expect(figures!.after.evaluation!.targets).toBe(figures!.before.evaluation!.targets);
  const { options: recipe, distilled, counts } = documentIn(at("untold"));
  expect(recipe).toMatchObject({ seed: "9", "split-seed": "3" }); // the test part is that of the larger network
  expect(distilled).toMatchObject({ texts: at("texts.txt"), alpha: 1 });
  expect(counts).toMatchObject({ test: documentIn(at("big")).counts["test"] });
});

test("distill: a tagger too", async () => {
  const { figures } = await distill(at("tagger"), { ...quick, into: at("small tagger") });
  expect(figures!.after.parameters).toBeLessThan(0.75 * figures!.before.parameters!);
  expect(figures!.after.evaluation!.accuracy).toBeGreaterThan(0.5);
});

test.each([
  ["bag", {}],
  ["auto", { ...quick, wide: 2, epochs: 2, units: 6, embedding: 6 }],
] as const)("distill: a network learns from a checkpoint of --model %s", async (model, options) => {
  const out = at(`teacher ${model}`);
  await train(at("opinions.csv"), { model, ...options, out });
  const { figures } = await distill(out, { ...quick, units: 6, embedding: 8, into: at(`learned from ${model}`) });
  expect(figures!.after.evaluation!.accuracy).toBeGreaterThan(0.9);
  expect(documentIn(at(`learned from ${model}`)).bag).toBeUndefined();
});

test("teacher: the logits of a document are the same in every batch, and its labels replace unknown ones", async () => {
  const model = await loadModel(at("big"));
  const batches = [
    [[3, 4, 5], [6, 7], [8]],
    [[8], [3, 4, 5], [9]],
  ].map((rows) =>
    documentBatch(
      rows,
      rows.map(() => 0),
    ),
  );
  const documents = [Int32Array.of(0, 1, 2), Int32Array.of(2, 0, 3)];
  const examples = {
    batchesPerEpoch: 2,
    targetsPerEpoch: 6,
    batch: (_: number, index: number) => ({ ...batches[index]!, documents: documents[index]! }),
  };
  const taught = withTeacher(examples, model, { temperature: 2, alpha: 0.5, ownLabels: false });
  const [first, second] = [taught.batch(0, 0), taught.batch(0, 1)];
  const row = (batch: typeof first, index: number): Float32Array =>
    batch.teacher!.logits.slice(2 * index, 2 * index + 2);
  for (const [index, logit] of row(first, 0).entries()) expect(row(second, 1)[index]).toBeCloseTo(logit, 5);
  for (const [index, target] of first.targets.entries()) {
    const [negative, positive] = row(first, index);
    expect(target).toBe(positive! > negative! ? 1 : 0);
  }
  model.dispose();
});

test.each([
  [["teller"], /teller is a generator; this command needs a classifier or tagger/],
  [["tagger", "--texts", "texts.txt"], /--texts has no effect on a tagger/],
  [["big", "--alpha", "2"], /--alpha: expected a number from 0 to 1/],
  [["big", "--epochs", "2", "--for", "3s"], /--epochs and --for both set the length/],
  [["big", "--tokenizer", "words"], /Unknown option --tokenizer/],
])("distill: %j is one line", async (argv, message) => {
  const { code, stderr } = await rnn(["distill", ...argv, "--into", "none"], { cwd });
  expect(code).toBeGreaterThan(0);
  expect(stderr.split("\n").find((line) => message.test(line))).toBeDefined();
  expect(stderr).not.toContain("    at ");
  expect(existsSync(at("none"))).toBe(false);
});

test("distill: a corpus that is gone is one line", async () => {
  renameSync(at("opinions.csv"), at("moved.csv"));
  const { code, stderr } = await rnn(["distill", "big", "--into", "none"], { cwd });
  expect(code).toBe(1);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain("opinions.csv");
  expect(existsSync(at("none"))).toBe(false);
});
