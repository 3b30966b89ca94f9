/** @file Opens the model beside this file, in Node or in a browser, and asks it. Needs nothing but @tensorflow/tfjs. */
import * as tf from "@tensorflow/tfjs";
import { codec } from "./encode.mjs";

/** A file of this folder: from the disk in Node, from its server in a browser. */
async function read(name) {
  const url = new URL(name, import.meta.url);
  if (url.protocol === "file:") return (await import("node:fs/promises")).readFile(url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

const readJson = async (name) => JSON.parse(new TextDecoder().decode(await read(name)));

/** The model, vocabulary.json, and how texts become ids (`encode`, `decode`). In a browser tf.loadLayersModel("model.json") opens the model as well. */
export async function open() {
  const vocabulary = await readJson("vocabulary.json");
  const { modelTopology, weightsManifest } = await readJson("model.json");
  // Layers that TensorFlow.js has not: their classes must be known before the model is.
  if (JSON.stringify(modelTopology).includes('"Recurrent"')) await import("./recurrent.mjs");
  const [{ paths, weights: weightSpecs }] = weightsManifest;
  const weightData = await new Blob(await Promise.all(paths.map(read))).arrayBuffer();
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  return { model, vocabulary, ...codec(vocabulary) };
}

/**
 * What the model says of rows of ids, or of rows of numbers: logits of each row, or of each of its steps.
 * Rows are padded behind to one length. `mask` has 1 where a row has a step of its own and 0 where it is padding, which is never read.
 * @param characters of each word of each row, ids from 1, where the model reads them
 */
export function answers({ model, vocabulary }, rows, characters = []) {
  const time = Math.max(vocabulary.leastSteps ?? 1, ...rows.map((row) => row.length));
  const padded = (row, none) => [...row, ...Array(time - row.length).fill(none)];
  const none = (vocabulary.numbers?.columns ?? []).map(() => 0);
  const feeds = {
    tokens: () =>
      tf.tensor2d(
        rows.map((row) => padded(row, 0)),
        [rows.length, time],
        "int32",
      ),
    numbers: () =>
      tf.tensor3d(
        rows.map((row) => padded(row, none)),
        [rows.length, time, none.length],
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

/** Of any number of them: a call has no room for as many arguments as a large vocabulary has tokens. */
const highestOf = (values) => values.reduce((most, value) => Math.max(most, value), -Infinity);

/** Probabilities from logits. */
export function softmax(logits) {
  const highest = highestOf(logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** An id drawn with the probabilities of the logits, the likeliest where the temperature is 0; some never. */
export function draw(logits, never, temperature, random = Math.random) {
  const warm = Math.max(temperature, 1e-6);
  const chances = softmax(logits.map((logit, id) => (never.includes(id) ? -Infinity : logit / warm)));
  let rest = random();
  const drawn = chances.findIndex((chance) => (rest -= chance) < 0);
  return drawn === -1 ? chances.indexOf(highestOf(chances)) : drawn; // rounding left a sliver
}

/** The words after `node name.mjs`, where that is the file that Node runs, else none. */
export function wordsFor(url) {
  const [, program = "\0"] = globalThis.process?.argv ?? [];
  return url.endsWith(program.split(/[\\/]/).at(-1)) ? process.argv.slice(2) : [];
}
