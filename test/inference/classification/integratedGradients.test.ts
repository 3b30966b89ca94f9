/** @file Integrated gradients of small networks: completeness, and the word with the opinion. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { integratedGradients } from "../../../src/inference/classification/integratedGradients.js";
import { outputsOf } from "../../../src/inference/classification/outputs.js";
import { loadModel, type Model } from "../../../src/model/model.js";
import { embeddingTable, Network } from "../../../src/network/network.js";
import type { Recipe } from "../../../src/options/recipe.js";
import { folderWith } from "../../support/folder.js";
import { trainInto } from "../../support/models.js";
import { csvOf, opinions } from "../../support/texts.js";

const cwd = folderWith({
  "opinions.csv": csvOf(opinions(200).map((row, index) => (index % 9 === 0 ? { ...row, label: "mixed" } : row))),
  "numbers.csv": csvOf(opinions(60).map(({ text }, index) => ({ text, label: String(index / 7) }))),
});

async function trained(name: string, corpus: string, given: Partial<Recipe> = {}): Promise<Model> {
  const task = corpus === "numbers.csv" ? ({ task: "regressor" } as const) : {};
  await trainInto(join(cwd, name), join(cwd, corpus), { epochs: 5, learningRate: 0.02, ...given }, task);
  return loadModel(join(cwd, name), { backend: "auto" });
}

/** The same network with embeddings of zeros. */
function blind(model: Model): Model {
  const values = model.network.values();
  const { shape, values: table } = values.get(embeddingTable)!;
  values.set(embeddingTable, { shape, values: new Float32Array(table.length) });
  return { ...model, network: Network.from(model.network.spec, values) };
}

function logOddsOf(model: Model, text: string, label: number): number {
  const [outputs] = outputsOf(model, [text]);
  if (model.target) return outputs![0]! * model.target.deviation;
  const others = Array.from(outputs!).filter((_, index) => index !== label);
  return outputs![label]! - Math.log(others.reduce((total, logit) => total + Math.exp(logit), 0));
}

const text = "the lamp was lovely, and the fox was warm ";

test.each<[string, string, Partial<Recipe>]>([
  ["classifier", "opinions.csv", {}],
  ["characters", "opinions.csv", { tokenizer: "characters" }],
  ["regressor", "numbers.csv", {}],
])("integrated gradients: contributions of a %s sum to the difference from embeddings of zeros", async (...given) => {
  const [name, corpus, recipe] = given;
  const model = await trained(name, corpus, recipe);
  for (const label of model.target ? [0] : model.labels.keys()) {
    const words = integratedGradients(model, text, label);
    const sum = words.reduce((total, { contribution }) => total + contribution, 0);
    const difference = logOddsOf(model, text, label) - logOddsOf(blind(model), text, label);
    expect(Math.abs(sum - difference)).toBeLessThan(0.01 * Math.max(1, Math.abs(difference)));
    expect(words.map(({ start, end }) => text.slice(start, end)).join(" ")).toBe(
      "the lamp was lovely , and the fox was warm",
    );
  }
  expect(integratedGradients(model, "", 0)).toEqual([]);
});
