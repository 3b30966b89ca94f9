/** @file The files of `rnn export --to safetensors`: a checkpoint's weights, and a PyTorch module with the network's outputs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decodeSafetensors } from "../../../src/checkpoint/safetensors.js";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { safetensorsFiles } from "../../../src/interop/pytorch/safetensorsExporter.js";
import { folderWith } from "../../support/folder.js";
import { pythonHas, runPython } from "../../support/python.js";
import { generatorSpec } from "../../network/sampleSpecs.js";
import { predictionsOf, errorOf, exampleFor, nestedExample, randomNetwork, vocabularyFor } from "../exportExamples.js";
import { allSamples } from "../randomNetworks.js";

await selectBackend("auto");
const folder = folderWith({});
const samples = [
  ...allSamples,
  {
    name: "a generator with an adaptive softmax",
    spec: { ...generatorSpec, adaptive: { cutoffs: [4, 12], divValue: 2 } },
  },
];
const folderOf = (index: number): string => join(folder, String(index));

test("export: safetensors contain the weights under their names, with spec and vocabulary", async () => {
  const { spec } = samples[0]!;
  const network = randomNetwork(spec);
  const files = await safetensorsFiles(network, vocabularyFor(spec));
  expect(Object.keys(files)).toEqual(["model.safetensors", "spec.json", "vocabulary.json", "model.py"]);
  const bytes = files["model.safetensors"] as Uint8Array;
  expect(decodeSafetensors(Uint8Array.from(bytes))).toEqual(network.values());
  expect(JSON.parse(files["spec.json"] as string)).toEqual(spec);
  expect(JSON.parse(files["vocabulary.json"] as string)).toEqual(vocabularyFor(spec));
});

test.skipIf(!pythonHas("torch", "safetensors"))(
  "export: model.py has the logits of each network, for whole sequences and step by step",
  async () => {
    const examples: Record<string, unknown> = {};
    for (const [index, { spec }] of samples.entries()) {
      mkdirSync(folderOf(index));
      const files = await safetensorsFiles(randomNetwork(spec), vocabularyFor(spec));
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folderOf(index), name), content);
      examples[folderOf(index)] = nestedExample(exampleFor(spec));
    }
    const results = runPython("pytorch/run_torch.py", examples) as Record<
      string,
      { whole: number[]; stepped: number[] | null }
    >;
    for (const [index, { name, spec }] of samples.entries()) {
      const network = randomNetwork(spec);
      const expected = predictionsOf(network, exampleFor(spec));
      const { whole, stepped } = results[folderOf(index)]!;
      expect(errorOf(whole, expected), name).toBeLessThan(1e-5);
      expect(errorOf(stepped ?? whole, expected), name).toBeLessThan(1e-5);
      network.dispose();
    }
  },
);
