/** @file This project in its own benchmark: its trainer, classifier and generator, on random texts. */
import { classifyBatch } from "../dist/classify/classify.js";
import { documentExamples } from "../dist/examples/documents.js";
import { LabelledSequences } from "../dist/examples/sequences.js";
import { streamExamples } from "../dist/examples/streams.js";
import { TokenDocuments } from "../dist/examples/tokens.js";
import { startEngine } from "../dist/model.js";
import { generate } from "../dist/sampling/generate.js";
import { Trainer } from "../dist/training/trainer.js";
import { version } from "../dist/version.js";
import { checkAgreement } from "./agreement.mjs";
import { createNetwork, generatorModel, optimization, randomTokens, seed, uniform } from "./model.mjs";
import { row, serve } from "./serve.mjs";

const { shape, threads, work } = row;
const documents = 50 * shape.batch;

/** Step after step of the project's own training loop. */
function trainingSteps(network, examples) {
  const trainer = new Trainer(network, examples, null, {
    ...optimization(shape),
    schedule: "constant",
    decay: 1,
    decayAfter: 1,
    wordDropout: 0,
  });
  const events = trainer.run({ steps: Infinity, evaluateEvery: Infinity }, new AbortController().signal);
  return async () => {
    const { value } = await events.next();
    if (value.type !== "step") throw new Error(`training ended: ${value.reason}`);
    return value.targets;
  };
}

const works = {
  train: () => {
    const { batch, steps } = shape;
    const tokens = randomTokens(50 * batch * steps + 1, shape);
    return trainingSteps(createNetwork("generator", shape), streamExamples(tokens, { rows: batch, time: steps }));
  },
  "train-labels": () => {
    const lengths = shape.lengths ?? Array(documents).fill(shape.steps);
    const texts = lengths.map((length) => randomTokens(length, shape));
    const labelled = new LabelledSequences(new TokenDocuments(shape.vocabulary));
    for (const text of texts) {
      labelled.inputs.push(text);
      labelled.labels.push(Math.floor(uniform() * 2));
    }
    const examples = documentExamples(labelled, { rows: shape.batch, longest: shape.steps, seed });
    return trainingSteps(createNetwork("classifier", shape), examples);
  },
  label: () => {
    const texts = Array.from({ length: documents }, () => [...randomTokens(shape.steps, shape)]);
    const model = {
      network: createNetwork("classifier", shape),
      inputs: "tokens",
      tokenizer: { encode: (text) => texts[Number(text)] }, // as the peers, which are given tokens
      labels: ["no", "yes"],
      recipe: { longest: shape.steps },
    };
    const batches = Array.from({ length: documents / shape.batch }, (_, batch) =>
      Array.from({ length: shape.batch }, (_text, index) => String(batch * shape.batch + index)),
    );
    let step = 0;
    return () => classifyBatch(model, batches[step++ % batches.length]).length;
  },
  generate: () => {
    const pieces = generate(generatorModel(shape), { length: Infinity, temperature: 0.8, samples: shape.batch, seed });
    return async () => (await pieces.next()).value.tokens;
  },
};

await checkAgreement(row);
const { name, instructionSet } = await startEngine({ backend: shape.backend ?? "auto", threads }, shape.precision);
const engine = [name, instructionSet].filter(Boolean).join(" ");
await serve(`rnn ${version} (${engine}, Node ${process.version})`, works[work]());
