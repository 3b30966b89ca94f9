/** @file Classifiers of documents that are longer than --max-length: in chunks (--long-documents), or cut. */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { classifyBatch } from "../../src/inference/classification/classify.js";
import { integratedGradients } from "../../src/inference/classification/integratedGradients.js";
import { outputsOf } from "../../src/inference/classification/outputs.js";
import { wordContributions } from "../../src/inference/classification/wordContributions.js";
import { sentenceVectors } from "../../src/inference/vectors/sentenceVectors.js";
import { exportModel } from "../../src/interop/exportModel.js";
import { exporters } from "../../src/interop/exporters.js";
import { modelOf } from "../../src/model/rebuild.js";
import { embeddingTable, Network } from "../../src/network/network.js";
import type { Recipe } from "../../src/options/recipe.js";
import { folderWith } from "../support/folder.js";
import { documentIn, loadTextModel, trainInto } from "../support/models.js";

/** Texts of 6 words or of 24; the word that tells the label is anywhere. */
const rows = Array.from({ length: 160 }, (_, index) => {
  const [label, word] = index % 2 === 0 ? ["good", "lovely"] : ["bad", "awful"];
  const length = index % 4 < 2 ? 6 : 24;
  const words = Array.from({ length }, (__, at) => ["a", "day", "at", "the", "sea"][(at + index) % 5]!);
  words[(index * 7) % length] = word!;
  return { text: words.join(" "), label };
});
const folder = folderWith({
  "days.csv": ["text,label", ...rows.map(({ text, label }) => `${text},${label}`)].join("\n"),
  "long.csv": ["text,label", ...rows.slice(0, 30).map(({ text, label }) => `${`${text} `.repeat(80)},${label}`)].join(
    "\n",
  ),
});
const pathOf = (name: string): string => join(folder, name);
const given: Partial<Recipe> = { maxLength: 8, longDocuments: "chunks", epochs: 8, learningRate: 0.02, test: "0.3" };
const trained = (out: string, corpus: string, more: Partial<Recipe> = {}) =>
  trainInto(pathOf(out), pathOf(corpus), { ...given, ...more });
const accuracyOf = (events: Awaited<ReturnType<typeof trained>>): number =>
  events.find((event) => event.type === "result")!.result!.accuracy!;

test("long documents: all chunks are read, which finds what a cut loses", async () => {
  const events = await trained("chunks", "days.csv");
  expect(accuracyOf(events)).toBeGreaterThan(0.9);
  expect(documentIn(pathOf("chunks")).options).toMatchObject({ "long-documents": "chunks" });
  expect(events.find((event) => event.type === "begin")).toMatchObject({ summary: { cut: 0, inChunks: 80 } });
  const cut = await trained("cut", "days.csv", { longDocuments: undefined });
  expect(accuracyOf(cut)).toBeLessThan(0.9);
  expect(cut.find((event) => event.type === "begin")).toMatchObject({ summary: { cut: 80 } });
  const model = modelOf(await loadTextModel(pathOf("chunks")), "classifier");
  expect(await evaluate(model)).toMatchObject({ accuracy: accuracyOf(events) });
});

test("long documents: without an option chunks are read where a document has more than 400 tokens", async () => {
  const usual = { maxLength: undefined, longDocuments: undefined, epochs: 1 };
  await trained("short", "days.csv", usual);
  expect(documentIn(pathOf("short")).options).not.toHaveProperty("long-documents");
  await trained("long", "long.csv", usual);
  expect(documentIn(pathOf("long")).options).toMatchObject({ "long-documents": "chunks", "max-length": "400" });
  await trained("flat", "long.csv", { ...usual, pooling: ["flatten"] });
  expect(documentIn(pathOf("flat")).options).not.toHaveProperty("long-documents");
});

const sentences = ["a day at the sea a day at", "the sea a awful at the sea a", "day at the sea a day at the"];

test("long documents: the outputs of a text are the means over its chunks", async () => {
  const model = await loadTextModel(pathOf("chunks"));
  const whole = sentences.join(" ");
  const parts = outputsOf(model, sentences);
  const means = parts[0]!.map((_, label) => parts.reduce((sum, logits) => sum + logits[label]!, 0) / 3);
  const [own] = outputsOf(model, [whole]);
  for (const label of means.keys()) expect(own![label]).toBeCloseTo(means[label]!, 5);
  expect(outputsOf(model, ["awful", whole, "a"])[1]).toEqual(own);
  expect(classifyBatch(model, [whole])[0]![0]!.label).toBe("bad");
  const [vector] = [...sentenceVectors(model, [whole])];
  const vectors = [...sentenceVectors(model, sentences)];
  expect(vector![3]).toBeCloseTo(vectors.reduce((sum, one) => sum + one[3]!, 0) / 3, 5);
});

test("long documents: the words of all chunks are explained", async () => {
  const model = await loadTextModel(pathOf("chunks"));
  const whole = sentences.join(" ");
  const bad = model.labels.indexOf("bad");
  const [words, gradients] = [[...wordContributions(model, whole)], integratedGradients(model, whole, bad)];
  const strongest = words.toSorted((left, right) => right.contributions[bad]! - left.contributions[bad]!)[0]!;
  expect([words.length, whole.slice(strongest.start, strongest.end)]).toEqual([24, "awful"]);
  const best = gradients.toSorted((left, right) => right.contribution - left.contribution)[0]!;
  expect([gradients.length, whole.slice(best.start, best.end)]).toEqual([24, "awful"]);
  const sum = gradients.reduce((total, { contribution }) => total + contribution, 0);
  const oddsOf = (own: typeof model): number => {
    const [logits] = outputsOf(own, [whole]);
    return logits![bad]! - logits![1 - bad]!;
  };
  const values = model.network.values();
  const { shape, values: table } = values.get(embeddingTable)!;
  values.set(embeddingTable, { shape, values: new Float32Array(table.length) });
  const blind = { ...model, network: Network.from(model.network.spec, values) };
  const difference = oddsOf(model) - oddsOf(blind);
  expect(Math.abs(sum - difference)).toBeLessThan(0.01 * Math.max(1, Math.abs(difference)));
});

test("long documents: an export to another program says that it cuts them, a page reads them", async () => {
  const model = await loadTextModel(pathOf("chunks"));
  const warnings: string[] = [];
  const keep = (warning: Error): number => warnings.push(warning.message);
  process.on("warning", keep);
  await exportModel(model, { to: "safetensors", out: pathOf("for-pytorch") });
  await setImmediate();
  process.off("warning", keep);
  expect(warnings).toEqual([expect.stringContaining("safetensors has a network of one chunk")]);
  expect(exporters.get("web").readsChunks).toBe(true);
});
