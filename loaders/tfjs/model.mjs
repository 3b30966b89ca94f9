/** @file Loads the model in this folder, in Node or in a browser, and runs it. Needs @tensorflow/tfjs alone. */
import * as tf from "@tensorflow/tfjs";
import { codec } from "./encode.mjs";

/** Reads a file of this folder: from disk in Node, over HTTP in a browser. */
async function read(name) {
  const url = new URL(name, import.meta.url);
  if (url.protocol === "file:") return (await import("node:fs/promises")).readFile(url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

const readJson = async (name) => JSON.parse(new TextDecoder().decode(await read(name)));

/** The model, vocabulary.json, and the functions `encode` and `decode`. In a browser tf.loadLayersModel("model.json") also loads the model. */
export async function open() {
  const vocabulary = await readJson("vocabulary.json");
  const { modelTopology, weightsManifest } = await readJson("model.json");
  // Classes of layers that TensorFlow.js does not have must be registered first.
  if (JSON.stringify(modelTopology).includes('"Recurrent"')) await import("./recurrent.mjs");
  const [{ paths, weights: weightSpecs }] = weightsManifest;
  const weightData = await new Blob(await Promise.all(paths.map(read))).arrayBuffer();
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  return { model, vocabulary, ...codec(vocabulary) };
}

/**
 * The logits of each row, or of each of its steps.
 * Rows are padded at the end to one length. The input `mask` is 1 for steps and 0 for padding, which the model ignores.
 * @param rows arrays of ids, or of rows of numbers
 * @param characters for a model that reads them, the ids of each word of each row, from 1
 */
export function logitsOf({ model, vocabulary }, rows, characters = []) {
  const time = Math.max(vocabulary.leastSteps ?? 1, ...rows.map((row) => row.length));
  const padded = (row, padding) => [...row, ...Array(time - row.length).fill(padding)];
  const zeros = (vocabulary.numbers?.columns ?? []).map(() => 0);
  const feeds = {
    tokens: () =>
      tf.tensor2d(
        rows.map((row) => padded(row, 0)),
        [rows.length, time],
        "int32",
      ),
    numbers: () =>
      tf.tensor3d(
        rows.map((row) => padded(row, zeros)),
        [rows.length, time, zeros.length],
      ),
    mask: () =>
      tf.tensor2d(
        rows.map((row) => padded(Array(row.length).fill(1), 0)),
        [rows.length, time],
      ),
    characters: () =>
      tf.tensor3d(
        characters.map((row) => padded(row, Array(2 * vocabulary.spelling.ends).fill(0))),
        undefined,
        "int32",
      ),
  };
  return tf.tidy(() => model.predict(model.inputNames.map((name) => feeds[name]())).arraySync());
}

/** The maximum of an array; Math.max(...values) fails for a large vocabulary. */
const maxOf = (values) => values.reduce((max, value) => Math.max(max, value), -Infinity);

/** The probabilities of logits. */
export function softmax(logits) {
  const highest = maxOf(logits);
  const exponentials = logits.map((logit) => Math.exp(logit - highest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/** Draws an id with the probabilities of the logits; the most probable one if the temperature is 0. @param never ids that are not drawn */
export function draw(logits, never, temperature, random = Math.random) {
  const divisor = Math.max(temperature, 1e-6);
  const banned = new Set(never);
  const probabilities = softmax(logits.map((logit, id) => (banned.has(id) ? -Infinity : logit / divisor)));
  let rest = random();
  const drawn = probabilities.findIndex((probability) => (rest -= probability) < 0);
  return drawn === -1 ? probabilities.indexOf(maxOf(probabilities)) : drawn; // -1: rounding errors
}

/** The command line arguments if Node runs the file at the url, else none. */
export function argumentsFor(url) {
  const [, program = "\0"] = globalThis.process?.argv ?? [];
  return url.endsWith(program.split(/[\\/]/).at(-1)) ? process.argv.slice(2) : [];
}
