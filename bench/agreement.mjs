/** @file A row counts only where its kernels give what their references give: on a piece of the row's own work, before it is timed. */
import { classifyBatch } from "../dist/inference/classification/classify.js";
import { createSlots } from "../dist/engine/ops/updateWeights.js";
import { documentBatch } from "../dist/examples/documentExamples.js";
import { streamExamples } from "../dist/examples/streamExamples.js";
import { startEngine } from "../dist/model/model.js";
import { generate } from "../dist/inference/generation/generate.js";
import { gradientStep } from "../dist/training/gradientStep.js";
import { createNetwork, generatorModel, optimization, randomTokens, seed } from "./model.mjs";

/** The reference is slow: so much of a batch is enough here, and the tests of the kernels see to the rest. */
const most = { rows: 2, steps: 3, vocabulary: 1000, written: 128 };

/** Relative; sums of a few thousand products in another order differ by far less, wrong ones by far more. */
const tolerance = { fp32: 1e-3, bf16: 3e-2 };

/** Losses and gradients' norms of two steps: the second tells what the first one's update did. */
function twoSteps(network, batch, shape) {
  const options = optimization(shape);
  const slots = createSlots(options.optimizer, [...network.weights.values()]);
  return [0, 1].flatMap((step) => {
    const { loss, norm } = gradientStep(network, batch, null, slots, { ...options, step });
    return [loss, norm];
  });
}

/** Documents of different lengths. */
const someDocuments = (shape) =>
  Array.from({ length: Math.min(shape.batch, most.rows) }, (_, row) =>
    randomTokens(Math.min(shape.steps, most.steps) - (row % 2), shape),
  );

/** What each work gives: prepared once, run on either backend. @type {Record<string, (shape: import("./rows.mjs").Shape) => () => Promise<number[]>>} */
const pieces = {
  train: (shape) => {
    const [rows, time] = [Math.min(shape.batch, most.rows), Math.min(shape.steps, most.steps)];
    const batch = streamExamples(randomTokens(rows * time + 1, shape), { rows, time }).batch(0, 0);
    return async () => twoSteps(createNetwork("generator", shape), batch, shape);
  },
  "train-labels": (shape) => {
    const texts = someDocuments(shape);
    const batch = documentBatch(
      texts,
      texts.map((_, index) => index % 2),
    );
    return async () => twoSteps(createNetwork("classifier", shape), batch, shape);
  },
  label: (shape) => {
    const texts = someDocuments(shape).map((tokens) => [...tokens]);
    return async () => {
      const network = createNetwork("classifier", shape);
      const tokenizer = { encode: (text) => texts[Number(text)] };
      const model = { network, inputs: "tokens", tokenizer, labels: ["no", "yes"], recipe: { maxLength: shape.steps } };
      const predictions = classifyBatch(model, Object.keys(texts));
      return predictions.flatMap((labels) => [labels[0].label.length, labels[0].probability]);
    };
  },
  /** The texts themselves: a draw is turned by rounding once in a million. */
  generate: (shape) => async () => {
    const length = Math.ceil(most.written / shape.batch);
    const options = { maxTokens: length, temperature: 0.8, numSamples: shape.batch, seed };
    const texts = Array(shape.batch).fill("");
    for await (const { sample, text } of generate(generatorModel(shape), options)) texts[sample] += text;
    return Array.from(texts.join("\n"), (character) => character.codePointAt(0));
  },
};

/** @throws {Error} where they differ */
export async function checkAgreement({ work, shape, threads }) {
  const vocabulary = work === "generate" ? shape.vocabulary : Math.min(shape.vocabulary, most.vocabulary);
  const run = pieces[work]({ ...shape, vocabulary });
  await startEngine({ backend: "cpu" });
  const expected = await run();
  const precision = shape.precision ?? "fp32";
  await startEngine({ backend: shape.backend ?? "auto", threads }, precision);
  const found = await run();
  const differs = expected.findIndex(
    (value, index) => !(Math.abs(found[index] - value) <= tolerance[precision] * Math.abs(value)),
  );
  if (differs >= 0 || expected.length !== found.length) {
    throw new Error(`the kernels give ${found[differs]} where their references give ${expected[differs]}`);
  }
}
