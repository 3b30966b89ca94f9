/** @file Compares the kernels with their references on a small part of a row's work, before the row is timed. A row whose results differ is not measured. */
import { classifyBatch } from "../dist/inference/classification/classify.js";
import { createSlots } from "../dist/engine/ops/updateWeights.js";
import { documentBatch } from "../dist/examples/documentExamples.js";
import { streamExamples } from "../dist/examples/streamExamples.js";
import { startEngine } from "../dist/model/model.js";
import { generate } from "../dist/inference/generation/generate.js";
import { gradientStep } from "../dist/training/gradientStep.js";
import { createNetwork, generatorModel, optimization, randomTokens, seed } from "./model.mjs";

/** Upper limits of the sizes: the reference is slow, and the kernels' tests cover larger ones. */
const maxSizes = { rows: 2, steps: 3, vocabulary: 1000, generated: 128 };

/** Relative. Rounding in sums of a few thousand products stays far below it; an error in a kernel exceeds it by far. */
const tolerance = { fp32: 1e-3, bf16: 3e-2 };

/** Losses and gradient norms of two training steps; the second step depends on the weight update of the first. */
function twoTrainingSteps(network, batch, shape) {
  const options = optimization(shape);
  const slots = createSlots(options.optimizer, [...network.weights.values()]);
  return [0, 1].flatMap((step) => {
    const { loss, norm } = gradientStep(network, batch, null, slots, { ...options, step });
    return [loss, norm];
  });
}

/** Random documents of different lengths. */
const randomDocuments = (shape) =>
  Array.from({ length: Math.min(shape.batch, maxSizes.rows) }, (_, row) =>
    randomTokens(Math.min(shape.steps, maxSizes.steps) - (row % 2), shape),
  );

/** For each kind of work, a function that prepares inputs and returns a function that computes its results on the current backend. @type {Record<string, (shape: import("./rows.mjs").Shape) => () => Promise<number[]>>} */
const computations = {
  train: (shape) => {
    const [rows, time] = [Math.min(shape.batch, maxSizes.rows), Math.min(shape.steps, maxSizes.steps)];
    const batch = streamExamples(randomTokens(rows * time + 1, shape), { rows, time }).batch(0, 0);
    return async () => twoTrainingSteps(createNetwork("generator", shape), batch, shape);
  },
  "train-labels": (shape) => {
    const texts = randomDocuments(shape);
    const batch = documentBatch(
      texts,
      texts.map((_, index) => index % 2),
    );
    return async () => twoTrainingSteps(createNetwork("classifier", shape), batch, shape);
  },
  label: (shape) => {
    const texts = randomDocuments(shape).map((tokens) => [...tokens]);
    return async () => {
      const network = createNetwork("classifier", shape);
      const tokenizer = { encode: (text) => texts[Number(text)] };
      const model = { network, inputs: "tokens", tokenizer, labels: ["no", "yes"], recipe: { maxLength: shape.steps } };
      const predictions = classifyBatch(model, Object.keys(texts));
      return predictions.flatMap((labels) => [labels[0].label.length, labels[0].probability]);
    };
  },
  /** The code points of the generated texts. Rounding changes about one sampled token in a million. */
  generate: (shape) => async () => {
    const length = Math.ceil(maxSizes.generated / shape.batch);
    const options = { maxTokens: length, temperature: 0.8, numSamples: shape.batch, seed };
    const texts = Array(shape.batch).fill("");
    for await (const { sample, text } of generate(generatorModel(shape), options)) texts[sample] += text;
    return Array.from(texts.join("\n"), (character) => character.codePointAt(0));
  },
};

/**
 * @param {{ work: string, shape: import("./rows.mjs").Shape, threads: number }} row
 * @throws {Error} if a result of the kernels differs from that of the references by more than the tolerance
 */
export async function checkAgreement({ work, shape, threads }) {
  const vocabulary = work === "generate" ? shape.vocabulary : Math.min(shape.vocabulary, maxSizes.vocabulary);
  const run = computations[work]({ ...shape, vocabulary });
  await startEngine({ backend: "cpu" });
  const expected = await run();
  const precision = shape.precision ?? "fp32";
  await startEngine({ backend: shape.backend ?? "auto", threads }, precision);
  const found = await run();
  const differs = expected.findIndex(
    (value, index) => !(Math.abs(found[index] - value) <= tolerance[precision] * Math.abs(value)),
  );
  if (differs >= 0 || expected.length !== found.length) {
    throw new Error(`the kernels compute ${found[differs]}, their references compute ${expected[differs]}`);
  }
}
