/** @file Networks of a row's shape with random weights, and random token sequences. */
import { initializations } from "../dist/network/initializers.js";
import { Network } from "../dist/network/network.js";
import { readSpec } from "../dist/network/spec.js";
import { randomStream } from "../dist/common/random.js";
import { tokenizerFrom } from "../dist/tokenizers/index.js";

export const seed = 1;
export const uniform = randomStream(seed, "bench");

/** @param {number} count @param {import("./rows.mjs").Shape} shape */
export const randomTokens = (count, { vocabulary }) =>
  Int32Array.from({ length: count }, () => Math.floor(uniform() * vocabulary));

/**
 * @param {"generator" | "classifier"} task
 * @param {import("./rows.mjs").Shape} shape
 * @param {{ seed?: number, initialization?: import("../dist/network/initializers.js").Initialization }} [initial] weights; default: uniform in ± 0.1, biases zero
 * @throws {Error} if rnn does not support the shape
 */
export function createNetwork(
  task,
  shape,
  { seed: initialSeed = seed, initialization = initializations.uniform(0.1) } = {},
) {
  const { vocabulary, embedding, cell = "lstm", units, bidirectional = false, convolution } = shape;
  const convolutions = convolution
    ? [{ type: "convolution", widths: [{ filters: convolution.filters, size: convolution.width }], padding: "valid" }]
    : [];
  const recurrent = units.map((size) => ({ type: "recurrent", cell, units: size, bidirectional }));
  const pooling = task === "classifier" ? [{ type: "pooling", over: [convolution ? "mean" : "last"] }] : [];
  const layers = [{ type: "embedding", units: embedding }, ...convolutions, ...recurrent, ...pooling];
  const classes = task === "classifier" ? 2 : vocabulary;
  const spec = readSpec({ task, vocabulary, layers, classes });
  return Network.create(spec, initialization, initialSeed);
}

/** The fields of a model that `generate` uses. @param {import("./rows.mjs").Shape} shape */
export const generatorModel = (shape) => ({
  network: createNetwork("generator", shape),
  tokenizer: tokenizerOf(shape.vocabulary),
  recipe: { sequenceLength: shape.steps },
  document: { corpus: { shape: "text" } },
});

/** A tokenizer with a vocabulary of the given size. */
function tokenizerOf(size) {
  const special = ["<unknown>", "<end>"];
  const words = ["<join>", " ", "\n", ...Array.from({ length: size }, (_, index) => `word${index}`)];
  const characters = ["\n", ...Array.from({ length: size }, (_, index) => String.fromCodePoint(0x4e00 + index))];
  const [kind, tokens] = size > 1000 ? ["words", words] : ["characters", characters];
  return tokenizerFrom({ kind, lowercase: false, vocabulary: [...special, ...tokens].slice(0, size) });
}

/** The optimizer's options of a row. @param {import("./rows.mjs").Shape} shape */
export const optimization = ({ optimizer }) => ({
  optimizer,
  learningRate: { adam: 1e-3, sgd: 1 }[optimizer],
  momentum: 0,
  weightDecay: 0,
  clipNorm: 5,
  seed,
});
