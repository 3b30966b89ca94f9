/** @file The rows of the benchmark: for each its work, the network's shape and its goals. */
import { readFileSync } from "node:fs";

/**
 * @typedef {object} Shape
 * @property {number} vocabulary
 * @property {number} embedding size of a token's vector
 * @property {"lstm" | "gru"} [cell] of the recurrent layers; default: lstm
 * @property {number[]} units of each recurrent layer, of each direction
 * @property {boolean} [bidirectional]
 * @property {{ filters: number, width: number }} [convolution] over the embeddings, followed by ReLU and the mean over time, in place of recurrent layers
 * @property {number} batch batch size; for `generate`, the number of texts generated at the same time
 * @property {number} steps sequence length in tokens; with `lengths`, that of the longest document
 * @property {number[]} [lengths] tokens of each document, if they differ
 * @property {"adam" | "sgd"} [optimizer] gradients are clipped at a global norm of 5
 * @property {"bf16"} [precision] of the matrix products, in the peers too; default: fp32
 * @property {"tensorflow"} [backend] of rnn; default: the fastest
 *
 * @typedef {{ bytes: number, vocabulary: number }} TextShape size of the text, and of the vocabulary that is learned from it
 * @typedef {{ arguments?: string[], input?: string }} CommandShape arguments and standard input of `rnn`; without arguments, Node with an empty script
 *
 * @typedef {"train" | "train-labels" | "label" | "generate" | "train-bpe" | "encode-bpe" | "start-up"} Work
 *   train: train a language model on streams of tokens; train-labels: train a classifier with two labels; label: classify documents;
 *   generate: sample tokens one by one at temperature 0.8; train-bpe: train a tokenizer; encode-bpe: encode a text; start-up: run a whole process
 *
 * @typedef {object} Row
 * @property {Work} work
 * @property {string} unit "s": less is better; any other unit: more is better
 * @property {Shape | TextShape | CommandShape} shape
 * @property {import("./goals.mjs").Condition[]} goals the row meets its goal if all of them hold
 * @property {string[]} [comparedWith] contenders beside `ours`; default: all peers that support the work
 * @property {number} [seconds] minimum time of a repetition; default: 1
 */

const timesPytorch = (times) => ({ times, peer: "pytorch" });
const ofPeak = (peakFraction) => ({ peakFraction });

/** Lengths at evenly spaced quantiles of a histogram. @param {number[]} counts of the lengths 1, 2, … @param {number} wanted the number of lengths */
export function quantiles(counts, wanted) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let length = 1;
  let below = counts[0];
  return Array.from({ length: wanted }, (_, index) => {
    while (below <= ((index + 0.5) / wanted) * total) below += counts[length++];
    return length;
  });
}

const reviewLengths = JSON.parse(readFileSync(new URL("imdbLengths.json", import.meta.url), "utf8")).counts;

const char128 = { vocabulary: 65, embedding: 128, units: [128, 128], batch: 50, steps: 50 };
const char256 = { vocabulary: 65, embedding: 64, units: [256, 256], batch: 64, steps: 64 };
const words = (units, steps) => ({ vocabulary: 10_000, embedding: units, units: [units, units], batch: 20, steps });
const reviews = { vocabulary: 10_000, embedding: 64, units: [64], bidirectional: true, batch: 64, steps: 100 };
const imdb = {
  vocabulary: 20_000,
  embedding: 128,
  units: [128],
  bidirectional: true,
  batch: 64,
  steps: 400,
  lengths: quantiles(reviewLengths, 50 * 64),
};
const small = { vocabulary: 4000, embedding: 16, batch: 32, steps: 50 };
const text = { bytes: 10_000_000, vocabulary: 8000 };

const train = (shape, ...goals) => ({ work: "train", unit: "tokens/s", shape, goals });
const trainLabels = (shape, ...goals) => ({ work: "train-labels", unit: "documents/s", shape, goals });
const generate = (shape, batch, ...goals) => ({
  work: "generate",
  unit: "tokens/s",
  shape: { ...shape, batch, steps: 1 },
  goals,
});
const adam = (shape) => ({ ...shape, optimizer: "adam" });
const sgd = (shape) => ({ ...shape, optimizer: "sgd" });
const startUp = (shape, seconds) => ({
  work: "start-up",
  unit: "s",
  shape,
  comparedWith: ["bare-node"],
  goals: [{ seconds }],
});
const onOneThread = (row) => ({ ...row, comparedWith: ["one-thread"], goals: [{ times: 1.8, peer: "one-thread" }] });
const inHalf = (row) => ({
  ...row,
  shape: { ...row.shape, precision: "bf16" },
  comparedWith: ["pytorch", "fp32"],
  goals: [timesPytorch(1.3), { times: 1.6, peer: "fp32" }],
});

/** rnn on TensorFlow's library, compared with the layers of TensorFlow.js on the same library. */
const onTensorflow = (shape) => ({
  ...train(adam({ ...shape, backend: "tensorflow" }), { times: 2, peer: "tfjs-node" }),
  comparedWith: ["tfjs-node"],
});

const char256Adam = train(adam(char256), timesPytorch(1.5), ofPeak(0.75));
const word640 = train(sgd(words(640, 35)), timesPytorch(1.5), ofPeak(0.7));
const twiceOnnxruntime = { times: 2, peer: "onnxruntime" };

/** @type {Record<string, Row>} */
export const rows = {
  char128: train(adam(char128), timesPytorch(1.5)),
  char256: char256Adam,
  "word192-adam": train(adam(words(192, 20)), timesPytorch(2)),
  "word192-sgd": train(sgd(words(192, 20)), timesPytorch(2)),
  "word200-adam": train(adam(words(200, 20)), timesPytorch(2)),
  "word200-sgd": train(sgd(words(200, 20)), timesPytorch(2)),
  word640,
  word650: train(sgd(words(650, 35)), timesPytorch(1.5), ofPeak(0.7)),
  "bilstm64-train": trainLabels(adam(reviews), timesPytorch(2)),
  "bilstm64-label": {
    work: "label",
    unit: "documents/s",
    shape: reviews,
    goals: [{ times: 1.5, peer: "onnxruntime" }],
  },
  "bilstm128-imdb": { ...trainLabels(adam(imdb), timesPytorch(2)), comparedWith: ["pytorch"], seconds: 5 },
  bigru32: trainLabels(adam({ ...small, cell: "gru", units: [32], bidirectional: true }), timesPytorch(2)),
  conv128x5: trainLabels(adam({ ...small, units: [], convolution: { filters: 128, width: 5 } }), timesPytorch(2)),
  "char256-generate": generate(char256, 1, twiceOnnxruntime, timesPytorch(10)),
  "word200-generate": generate(words(200), 1, twiceOnnxruntime, timesPytorch(10)),
  "char256-generate64": generate(char256, 64, twiceOnnxruntime),
  "word200-generate64": generate(words(200), 64, twiceOnnxruntime),
  help: startUp({ arguments: ["--help"] }, 0.08),
  classify: startUp({ arguments: ["classify", "--checkpoint", "critic"], input: "not worth a penny\n" }, 0.18),
  "bpe-train": { work: "train-bpe", unit: "MB/s", shape: text, goals: [{ times: 1, peer: "tokenizers" }] },
  "bpe-encode": { work: "encode-bpe", unit: "MB/s", shape: text, goals: [{ times: 1, peer: "tokenizers" }] },
  threads256: onOneThread(char256Adam),
  threads640: onOneThread(word640),
  "bf16-256": inHalf(char256Adam),
  "bf16-640": inHalf(word640),
  "tensorflow-char128": onTensorflow(char128),
  "tensorflow-char256": onTensorflow(char256),
  "tensorflow-word192": onTensorflow(words(192, 20)),
};

/** The rows of a run without options: each kind of work that the peers do, in about five minutes. */
export const shortRows = [
  "char256",
  "word200-adam",
  "bilstm64-train",
  "bilstm64-label",
  "char256-generate",
  "word200-generate",
];
