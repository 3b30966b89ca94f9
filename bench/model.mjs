/** @file Networks of a row's shape with random weights, and random texts for them. */
import { initialisations } from "../dist/network/initialisers.js";
import { Network } from "../dist/network/network.js";
import { randomStream } from "../dist/random.js";
import { tokenizerFrom } from "../dist/text/tokenizers.js";

export const seed = 1;
export const uniform = randomStream(seed, "bench");

/** @param {number} count @param {import("./rows.mjs").Shape} shape */
export const randomTokens = (count, { vocabulary }) =>
  Int32Array.from({ length: count }, () => Math.floor(uniform() * vocabulary));

/** @param {"generator" | "classifier"} task @param {import("./rows.mjs").Shape} shape */
export function createNetwork(
  task,
  { vocabulary, embedding, cell = "lstm", units, bidirectional = false, convolution, precision },
) {
  if (precision) throw new Error(`products in ${precision}: not built yet`);
  if (convolution) throw new Error("a convolution: not built yet");
  const recurrent = units.map((size) => ({ type: "recurrent", cell, units: size, bidirectional }));
  const pooling = task === "classifier" ? [{ type: "pooling", over: ["last"] }] : [];
  const layers = [{ type: "embedding", units: embedding }, ...recurrent, ...pooling];
  const classes = task === "classifier" ? 2 : vocabulary;
  return Network.create({ task, vocabulary, layers, classes }, initialisations.keras(), seed);
}

/** What `generate` asks of a model. @param {import("./rows.mjs").Shape} shape */
export const generatorModel = (shape) => ({
  network: createNetwork("generator", shape),
  tokenizer: tokenizerOf(shape.vocabulary),
  recipe: { steps: shape.steps },
  document: { corpus: { shape: "text" } },
});

/** A tokenizer with as many tokens as the row asks for. */
function tokenizerOf(size) {
  const beginning = ["<unknown>", "<end>"];
  const words = ["<join>", " ", "\n", ...Array.from({ length: size }, (_, index) => `word${index}`)];
  const characters = ["\n", ...Array.from({ length: size }, (_, index) => String.fromCodePoint(0x4e00 + index))];
  const [kind, tokens] = size > 1000 ? ["words", words] : ["characters", characters];
  return tokenizerFrom({ kind, lowercase: false, vocabulary: [...beginning, ...tokens].slice(0, size) });
}

/** How a row is trained. @param {import("./rows.mjs").Shape} shape */
export const optimization = ({ optimizer }) => ({
  optimizer,
  learningRate: { adam: 1e-3, sgd: 1 }[optimizer],
  momentum: 0,
  weightDecay: 0,
  clip: 5,
  seed,
});
