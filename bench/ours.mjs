/** @file The contender `ours`: trains, classifies and generates with this project's networks on random token sequences. */
import { classifyBatch } from "../dist/inference/classification/classify.js";
import { documentExamples } from "../dist/examples/documentExamples.js";
import { LabeledSequences } from "../dist/examples/sequences.js";
import { TokenDocuments } from "../dist/examples/tokenDocuments.js";
import { startEngine } from "../dist/model/model.js";
import { generate } from "../dist/inference/generation/generate.js";
import { version } from "../dist/common/version.js";
import { checkAgreement } from "./agreement.mjs";
import { createNetwork, generatorModel, randomTokens, seed, uniform } from "./model.mjs";
import { row, serve } from "./serve.mjs";
import { generatorSteps, trainingSteps } from "./training.mjs";

const { shape, threads, work } = row;
const documents = 50 * shape.batch;

const workloads = {
  train: () => generatorSteps(shape),
  "train-labels": () => {
    const lengths = shape.lengths ?? Array(documents).fill(shape.steps);
    const texts = lengths.map((length) => randomTokens(length, shape));
    const labeled = new LabeledSequences(new TokenDocuments(shape.vocabulary));
    for (const text of texts) {
      labeled.inputs.push(text);
      labeled.labels.push(Math.floor(uniform() * 2));
    }
    const examples = documentExamples(labeled, { rows: shape.batch, longest: shape.steps, seed });
    return trainingSteps(shape, createNetwork("classifier", shape), examples);
  },
  label: () => {
    const texts = Array.from({ length: documents }, () => [...randomTokens(shape.steps, shape)]);
    const model = {
      network: createNetwork("classifier", shape),
      inputs: "tokens",
      tokenizer: { encode: (text) => texts[Number(text)] }, // the peers get tokens too
      labels: ["no", "yes"],
      recipe: { maxLength: shape.steps },
    };
    const batches = Array.from({ length: documents / shape.batch }, (_, batch) =>
      Array.from({ length: shape.batch }, (_text, index) => String(batch * shape.batch + index)),
    );
    let step = 0;
    return () => classifyBatch(model, batches[step++ % batches.length]).length;
  },
  generate: () => {
    const samples = generate(generatorModel(shape), {
      maxTokens: Number.MAX_SAFE_INTEGER,
      temperature: 0.8,
      numSamples: shape.batch,
      seed,
    });
    return async () => (await samples.next()).value.tokens;
  },
};

await checkAgreement(row);
const { name, instructionSet } = await startEngine({ backend: shape.backend ?? "auto", threads }, shape.precision);
const engine = [name, instructionSet].filter(Boolean).join(" ");
await serve(`rnn ${version} (${engine}, Node ${process.version})`, workloads[work]());
