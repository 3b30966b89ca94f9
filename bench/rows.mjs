/** @file What is measured: each row once, as data, with what it is to reach. */
import { readFileSync } from "node:fs";

/**
 * @typedef {object} Shape
 * @property {number} vocabulary
 * @property {number} embedding width of a token's vector
 * @property {"lstm" | "gru"} [cell] of the recurrent layers; lstm where it is absent
 * @property {number[]} units of each recurrent layer, of each direction
 * @property {boolean} [bidirectional]
 * @property {{ filters: number, width: number }} [convolution] over the embeddings, with ReLU and the mean over time: then there is no recurrent layer
 * @property {number} batch rows; of a generator texts written side by side
 * @property {number} steps tokens of a row, or of the longest
 * @property {number[]} [lengths] tokens of each document, where they differ
 * @property {"adam" | "sgd"} [optimizer] gradients are clipped at a global norm of 5
 * @property {"bf16"} [precision] of the products; fp32 where it is absent
 * @property {"tensorflow"} [backend] that ours computes on; the fastest where it is absent
 *
 * @typedef {{ bytes: number, vocabulary: number }} TextShape a text of so many bytes, and how many tokens are learned from it
 * @typedef {{ arguments?: string[], input?: string }} CommandShape a command line of `rnn` and what it reads; without one, Node with nothing to do
 *
 * @typedef {"train" | "train-labels" | "label" | "generate" | "train-bpe" | "encode-bpe" | "start-up"} Work
 *   train: next token, from streams; train-labels: one of two labels for a document; label: the same, forward only; generate: token by token,
 *   drawn at temperature 0.8; train-bpe: a tokenizer learned; encode-bpe: a text encoded; start-up: a whole process
 *
 * @typedef {object} Row
 * @property {Work} work
 * @property {string} unit "s" is better the smaller it is, anything else the larger
 * @property {Shape | TextShape | CommandShape} shape
 * @property {import("./goals.mjs").Condition[]} goals all of them are to hold
 * @property {string[]} [beside] the contenders to measure it with; absent: all peers that can do the work
 * @property {number} [seconds] of a repetition, where one is not enough
 */

const timesPytorch = (times) => ({ times, peer: "pytorch" });
const ofPeak = (share) => ({ share });

/** As many lengths as wanted, evenly spaced over a histogram of lengths from 1. @param {number[]} counts @param {number} wanted */
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
  beside: ["bare-node"],
  goals: [{ seconds }],
});
const onOneThread = (row) => ({ ...row, beside: ["one-thread"], goals: [{ times: 1.8, peer: "one-thread" }] });
const inHalf = (row) => ({
  ...row,
  shape: { ...row.shape, precision: "bf16" },
  beside: ["fp32"],
  goals: [{ times: 1.6, peer: "fp32" }],
});

/** On TensorFlow's own library, beside TensorFlow.js's layers on it. */
const onTensorflow = (shape) => ({
  ...train(adam({ ...shape, backend: "tensorflow" }), { times: 2, peer: "tfjs-node" }),
  beside: ["tfjs-node"],
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
  "bilstm128-imdb": { ...trainLabels(adam(imdb), timesPytorch(2)), beside: ["pytorch"], seconds: 5 },
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
