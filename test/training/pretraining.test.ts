/** @file Classifiers that start from a language model: --pretrain. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { planTraining, train, type TrainOptions } from "../../src/library/trainingRuns.js";
import type { RunEvent } from "../../src/training/run.js";
import { folderWith } from "../support/folder.js";
import { documentIn } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const folder = folderWith({ "opinions.csv": csvOf(opinions(60)), "tale.txt": tale(80) });
const pathOf = (name: string): string => join(folder, name);
const small = { embedding: 8, units: [12], batchSize: 4, epochs: 2, bidirectional: "no", dropout: 0.2 } as const;

async function pretrained(out: string, pretrain: string, options: TrainOptions = {}) {
  const events: RunEvent[] = [];
  const run = train(pathOf("opinions.csv"), {
    ...small,
    out: pathOf(out),
    pretrain: pretrain === "self" ? pretrain : pathOf(pretrain),
    ...options,
  });
  for await (const event of run) events.push(event);
  return events;
}

test("pretrain: a language model of the training part comes first, and the classifier has its words and layers", async () => {
  const events = await pretrained("own", "self", { freeze: undefined });
  const first = events.filter((event) => event.type === "pretraining");
  expect(first[0]).toMatchObject({ step: 0, folder: pathOf("own-language-model") });
  expect(first.at(-1)!.validation).toBeLessThan(first[1]!.validation! + 0.01);
  const begin = events.find((event) => event.type === "begin")!;
  expect(begin).toMatchObject({ task: "classifier", folder: pathOf("own"), labels: ["blame", "praise"] });
  const [model, own] = [documentIn(pathOf("own-language-model")), documentIn(pathOf("own"))];
  expect(model.task).toBe("generator");
  expect(own.from).toMatchObject({ checkpoint: pathOf("own-language-model"), newHead: true });
  const counts = (document: typeof own) => (document.counts as { training: { documents: number } }).training.documents;
  expect(counts(model)).toBe(counts(own)); // nothing of the validation and test parts
  expect(begin.type === "begin" && begin.from!.tokens).toBe(
    begin.type === "begin" && begin.tokenizer!.vocabulary.length,
  );
});

test("pretrain: a file of other texts", async () => {
  await pretrained("other", "tale.txt");
  const names = (await loadCheckpoint(pathOf("other"), { training: false })).weights;
  expect([...names.keys()].some((name) => name.includes("recurrent/forward"))).toBe(true);
  expect(documentIn(pathOf("other-language-model")).corpus.name).toBe(pathOf("tale.txt"));
});

test("pretrain: the language model has half of --for", async () => {
  const started = performance.now();
  const events = await pretrained("timed", "self", { epochs: undefined, for: "4s" });
  expect(performance.now() - started).toBeLessThan(12_000);
  expect(documentIn(pathOf("timed-language-model")).options).toMatchObject({ for: "2" });
  expect(events.at(-1)).toMatchObject({ type: "result" });
});

test.each<[string, TrainOptions, string]>([
  ["a generator", { task: "generator" }, "--pretrain has no effect on a generator"],
  ["--from", { from: "critic" }, "--pretrain has no effect with --from"],
  ["--vectors", { vectors: "glove.txt" }, "--pretrain has no effect with --vectors"],
])("pretrain: %s is one clear line", async (_, options, message) => {
  await expect(pretrained("refused", "self", options)).rejects.toThrow(message);
  expect(existsSync(pathOf("refused"))).toBe(false);
});

test("pretrain: a dry run says that it plans one network", async () => {
  await expect(planTraining(pathOf("opinions.csv"), { pretrain: "self" })).rejects.toThrow(
    "--pretrain trains two networks",
  );
});
