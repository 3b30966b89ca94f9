/** @file A bag of n-grams as JSON: a plain program computes the probabilities of the model from it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { classifyBatch } from "../../../src/inference/classification/classify.js";
import { exportModel } from "../../../src/interop/exportModel.js";
import { textModel } from "../../../src/model/rebuild.js";
import { loadModel } from "../../../src/model/model.js";
import { train } from "../../../src/training/run.js";
import { folderWith } from "../../support/folder.js";
import { eventsOf, neverStopped, trainedModel } from "../../support/models.js";
import { csvOf, opinions } from "../../support/texts.js";

const rows = opinions(120);
const doubt = ({ text, label }: (typeof rows)[number], index: number) =>
  index % 3 === 2 ? { text: `${text}?`, label: "doubt" } : { text, label };
const cwd = folderWith({ "two.csv": csvOf(rows), "three.csv": csvOf(rows.map(doubt)) });

type Bag = {
  labels: string[];
  order: number;
  passedOver: number[];
  ngrams: number[][];
  units: number[];
  weights: number[][];
  bias: number[];
};

/** As docs/export.md describes it. */
function probabilities(bag: Bag, ids: readonly number[]): number[] {
  const read = ids.filter((id) => !bag.passedOver.includes(id));
  const present = new Set<string>();
  for (let size = 1; size <= bag.order; size++)
    for (let at = 0; at + size <= read.length; at++) present.add(read.slice(at, at + size).join());
  const features = bag.ngrams.flatMap((ngram, feature) => (present.has(ngram.join()) ? [feature] : []));
  const norm = Math.sqrt(features.reduce((sum, feature) => sum + bag.units[feature]! ** 2, 0)) || 1;
  const scores = bag.bias.map(
    (bias, output) => bias + features.reduce((sum, feature) => sum + bag.weights[feature]![output]!, 0) / norm,
  );
  const exponentials = (scores.length === 1 ? [0, scores[0]!] : scores).map(Math.exp);
  const total = exponentials.reduce((sum, one) => sum + one);
  return exponentials.map((one) => one / total);
}

test.each(["two", "three"])(
  "export json: a plain program has the probabilities of the model (%s labels)",
  async (name) => {
    const folder = join(cwd, name);
    await eventsOf(train(join(cwd, `${name}.csv`), { stop: neverStopped(), out: folder, given: { model: "bag" } }));
    using model = textModel(await loadModel(folder, { task: "classifier" }));
    const out = join(cwd, `${name}-json`);
    expect(await exportModel(model, { to: "json", out })).toEqual(["bag.json", "vocabulary.json"]);
    const bag = JSON.parse(readFileSync(join(out, "bag.json"), "utf8")) as Bag;
    const texts = [
      "the lamp  was lovely , and the fox",
      "THE bell was rude, the unknown word?",
      "",
      ...rows.slice(0, 5).map(({ text }) => text),
    ];
    for (const [index, predictions] of classifyBatch(model, texts).entries()) {
      const found = probabilities(bag, model.tokenizer.encode(texts[index]!));
      for (const { label, probability } of predictions)
        expect(found[bag.labels.indexOf(label)]).toBeCloseTo(probability, 5);
    }
  },
);

test("export json: it is for bags of n-grams, and other formats are for networks", async () => {
  const folder = join(cwd, "bag");
  await eventsOf(train(join(cwd, "two.csv"), { stop: neverStopped(), out: folder, given: { model: "bag" } }));
  using bag = await loadModel(folder);
  for (const to of ["onnx", "keras", "tfjs", "safetensors", "projector"])
    await expect(exportModel(bag, { to, out: join(cwd, to) })).rejects.toThrow(
      /is a bag of n-grams, without a network.*json and web have/,
    );
  using network = await trainedModel(join(cwd, "network"), join(cwd, "two.csv"), { epochs: 1 });
  await expect(exportModel(network, { to: "json", out: join(cwd, "none") })).rejects.toThrow(
    /json is the form of a bag of n-grams, and .*network is none; .*onnx.* have forms of networks/,
  );
});
