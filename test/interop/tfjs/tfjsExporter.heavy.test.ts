/** @file Layers models for TensorFlow.js, loaded and run by it. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { buildGraph } from "../../../src/interop/graph/graphNetwork.js";
import { layersModelFiles } from "../../../src/interop/tfjs/layersModel.js";
import { folderWith } from "../../support/folder.js";
import { type Case, cases, errorIn, feedsOf } from "../onnx/feeds.js";
import * as tf from "./tensorflow.mjs";
import { runLoaders, corpora, loaderNames, type LoaderCall, trainedModels } from "../loaders.js";

await selectBackend("cpu");
const all = cases();

await import(pathToFileURL("loaders/tfjs/recurrent.mjs").href);

type Manifest = { modelTopology: object; weightsManifest: [{ paths: string[]; weights: [] }] };

async function logitsOf(one: Case): Promise<ArrayLike<number>> {
  const files = layersModelFiles(buildGraph(one.network, "tfjs"), "test");
  const { modelTopology, weightsManifest } = JSON.parse(files["model.json"] as string) as Manifest;
  const [{ paths, weights }] = weightsManifest;
  const weightData = await new Blob(paths.map((path) => files[path] as Uint8Array<ArrayBuffer>)).arrayBuffer();
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData }));
  const feeds = feedsOf(one);
  const inputs = model.inputNames.map((name) => {
    const { values, shape, dtype } = feeds[name]!;
    return tf.tensor(values, shape, dtype);
  });
  const [logits] = [model.predict(inputs)].flat();
  return logits!.dataSync();
}

test.each(all)("export: $name has the same logits in TensorFlow.js", async (one) => {
  expect(errorIn(one, await logitsOf(one))).toBeLessThan(1e-5);
});

const folder = folderWith(corpora);
let loaders: { actual: unknown; expected: unknown }[];

/** Runs in a separate process, with a package of the name that the loaders import. */
function run(calls: LoaderCall[]): unknown[] {
  const installed = join(folder, "node_modules/@tensorflow/tfjs");
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, "package.json"), JSON.stringify({ type: "module", exports: "./index.js" }));
  const parts = pathToFileURL(resolve("test/interop/tfjs/tensorflow.mjs")).href;
  writeFileSync(join(installed, "index.js"), `export * from ${JSON.stringify(parts)};\n`);
  const [callsFile, resultsFile] = [join(folder, "calls.json"), join(folder, "results.json")];
  writeFileSync(callsFile, JSON.stringify(calls));
  const { status, stderr } = spawnSync(process.execPath, ["test/interop/tfjs/runLoaders.mjs", callsFile, resultsFile], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return JSON.parse(readFileSync(resultsFile, "utf8")) as unknown[];
}

beforeAll(async () => {
  await selectBackend("auto");
  const options = [{ length: 30, temperature: 0 }];
  loaders = await runLoaders(await trainedModels(folder), { format: "tfjs", folder, options }, run);
});

test.each(loaderNames)("export: the TensorFlow.js loader has the output of rnn: %s", (name) => {
  const { actual, expected } = loaders[loaderNames.indexOf(name)]!;
  expect(actual).toEqual(expected);
});

test("export: a loader samples from a large vocabulary", async () => {
  const { draw } = (await import(pathToFileURL(join(folder, "tfjs no memory/model.mjs")).href)) as {
    draw: (logits: number[], never: number[], temperature: number, random: () => number) => number;
  };
  const logits = Array.from({ length: 300_000 }, (_, id) => (id === 299_999 ? 50 : 0));
  expect(draw(logits, [], 1, () => 0.5)).toBe(299_999);
});
