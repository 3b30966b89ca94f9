/** @file This project in its own benchmark: its trainer, classifier and generator, on random texts. */
import { classifyBatch } from "../dist/classify/classify.js";
import { documentExamples } from "../dist/examples/documents.js";
import { streamExamples } from "../dist/examples/streams.js";
import { startEngine } from "../dist/model.js";
import { initialisations } from "../dist/network/initialisers.js";
import { Network } from "../dist/network/network.js";
import { randomStream } from "../dist/random.js";
import { generate } from "../dist/sampling/generate.js";
import { tokenizerFrom } from "../dist/text/tokenizers.js";
import { Trainer } from "../dist/training/trainer.js";
import { version } from "../dist/version.js";
import { row, serve } from "./serve.mjs";

const { shape, threads, work } = row;
const seed = 1;
const documents = 50 * shape.batch;
const random = randomStream(seed, "bench");

const randomTokens = (count) => Int32Array.from({ length: count }, () => Math.floor(random() * shape.vocabulary));

function createNetwork(task, classes) {
  const recurrent = shape.units.map((units) => ({
    type: "recurrent",
    cell: "lstm",
    units,
    bidirectional: shape.bidirectional ?? false,
  }));
  const pooling = task === "classifier" ? [{ type: "pooling", over: ["last"] }] : [];
  const layers = [{ type: "embedding", units: shape.embedding }, ...recurrent, ...pooling];
  return Network.create({ task, vocabulary: shape.vocabulary, layers, classes }, initialisations.keras(), seed);
}

/** Step after step of the project's own training loop. */
function trainingSteps(network, examples) {
  const trainer = new Trainer(network, examples, null, {
    optimizer: shape.optimizer,
    learningRate: { adam: 1e-3, sgd: 1 }[shape.optimizer],
    schedule: "constant",
    decay: 1,
    decayAfter: 1,
    clip: 5,
    wordDropout: 0,
    seed,
  });
  const events = trainer.run({ steps: Infinity, evaluateEvery: Infinity }, new AbortController().signal);
  return async () => {
    const { value } = await events.next();
    if (value.type !== "step") throw new Error(`training ended: ${value.reason}`);
    return value.targets;
  };
}

/** A tokenizer with as many tokens as the row asks for. */
function tokenizerOf(size) {
  const beginning = ["<unknown>", "<end>"];
  const words = ["<join>", " ", "\n", ...Array.from({ length: size }, (_, index) => `word${index}`)];
  const characters = ["\n", ...Array.from({ length: size }, (_, index) => String.fromCodePoint(0x4e00 + index))];
  const [kind, tokens] = size > 1000 ? ["words", words] : ["characters", characters];
  return tokenizerFrom({ kind, lowercase: false, vocabulary: [...beginning, ...tokens].slice(0, size) });
}

const works = {
  train: () => {
    const { batch, steps, vocabulary } = shape;
    const tokens = randomTokens(50 * batch * steps + 1);
    return trainingSteps(createNetwork("generator", vocabulary), streamExamples(tokens, { rows: batch, time: steps }));
  },
  "train-labels": () => {
    const texts = Array.from({ length: documents }, () => randomTokens(shape.steps));
    const labels = Int32Array.from(texts, () => Math.floor(random() * 2));
    const labelled = { count: documents, labels, document: (index) => texts[index] };
    const examples = documentExamples(labelled, { rows: shape.batch, longest: shape.steps, seed });
    return trainingSteps(createNetwork("classifier", 2), examples);
  },
  label: () => {
    const texts = Array.from({ length: documents }, () => [...randomTokens(shape.steps)]);
    const model = {
      network: createNetwork("classifier", 2),
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
    const model = {
      network: createNetwork("generator", shape.vocabulary),
      tokenizer: tokenizerOf(shape.vocabulary),
      recipe: { steps: shape.steps },
      document: { corpus: { shape: "text" } },
    };
    const pieces = generate(model, { length: Infinity, temperature: 0.8, samples: 1, seed });
    return async () => {
      await pieces.next();
      return 1;
    };
  },
};

const { name, instructionSet } = await startEngine({ backend: "auto", threads });
const engine = [name, instructionSet].filter(Boolean).join(" ");
await serve(`rnn ${version} (${engine}, Node ${process.version})`, works[work]());
