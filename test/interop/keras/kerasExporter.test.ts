/** @file Files for Keras 3: what is in them, and, where Python has it, what Keras and the loaders say. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { type Dataset, File, ready } from "h5wasm";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { buildGraph } from "../../../src/interop/graph/graphNetwork.js";
import { kerasArchive } from "../../../src/interop/keras/kerasExporter.js";
import { weightPaths } from "../../../src/interop/keras/kerasWeights.js";
import { folderWith } from "../../support/folder.js";
import { pythonHas, runPython } from "../../support/python.js";
import { cases, errorIn, feedsOf } from "../onnx/feeds.js";
import { runLoaders, corpora, loaderNames, type LoaderCall, trainedModels } from "../loaders.js";

const folder = folderWith(corpora);
const written = new Date("2020-02-03T04:05:06Z");
const hasKeras = pythonHas("keras", "h5py");

await selectBackend("cpu");
const all = cases().map((one, index) => ({ ...one, index, graph: buildGraph(one.network, "keras") }));

test("export: a .keras archive has a configuration, and each weight once at the path of Keras", async () => {
  const { FS } = await ready;
  const { graph } = all.find(({ name }) => name === "a tagger of lstm layers over words and their characters")!;
  const files = unzipSync(await kerasArchive(graph, written));
  expect(Object.keys(files)).toEqual(["metadata.json", "config.json", "model.weights.h5"]);
  expect(JSON.parse(strFromU8(files["metadata.json"]!))).toEqual({
    keras_version: "3.0.0",
    date_saved: "2020-02-03@04:05:06",
  });
  expect(JSON.parse(strFromU8(files["config.json"]!))).toMatchObject({ class_name: "Functional" });

  FS.writeFile("read.h5", files["model.weights.h5"]!);
  const file = new File("read.h5", "r");
  const paths = weightPaths(graph);
  expect([...paths.keys()]).toContain("layers/bidirectional/backward_layer/cell/vars/2");
  expect([...paths.keys()]).toContain("layers/time_distributed/layer/layers/embedding/vars/0");
  for (const [path, { shape, values }] of paths) {
    const stored = file.get(path) as Dataset;
    expect([stored.shape, stored.value], path).toEqual([shape, values]);
  }
  file.close();
});

let results: { calls: unknown[]; cases: number[][] };
let loaders: { actual: unknown; expected: unknown }[];
beforeAll(async () => {
  if (!hasKeras) return;
  const archives: { archive: string; feeds: object }[] = [];
  for (const one of all) {
    const archive = join(folder, `${one.index}.keras`);
    writeFileSync(archive, await kerasArchive(one.graph, written));
    archives.push({ archive, feeds: feedsOf(one) });
  }
  const run = (calls: LoaderCall[]): unknown[] => {
    results = runPython("keras/run_keras.py", { calls, cases: archives }) as typeof results;
    return results.calls;
  };
  await selectBackend("auto");
  loaders = await runLoaders(await trainedModels(folder), { format: "keras", folder, options: [30, 0] }, run);
});

test.skipIf(!hasKeras).each(all)("export: $name has the same logits in Keras", (one) => {
  expect(errorIn(one, results.cases[one.index]!)).toBeLessThan(1e-5);
});

test.skipIf(!hasKeras).each(loaderNames)("export: the Keras loader has the output of rnn: %s", (name) => {
  const { actual, expected } = loaders[loaderNames.indexOf(name)]!;
  expect(actual).toEqual(expected);
});
