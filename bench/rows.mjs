/** @file What is measured: each row once, as data. */

/**
 * @typedef {object} Shape
 * @property {number} vocabulary
 * @property {number} embedding width of a token's vector
 * @property {number[]} units of each LSTM layer, of each direction
 * @property {boolean} [bidirectional]
 * @property {number} batch rows
 * @property {number} steps tokens of a row
 * @property {"adam" | "sgd"} [optimizer] gradients are clipped at a global norm of 5
 *
 * @typedef {"train" | "train-labels" | "label" | "generate"} Work
 *   train: next token, from streams; train-labels: one of two labels for a document; label: the same, forward only; generate: a token at a time,
 *   drawn at temperature 0.8
 *
 * @typedef {object} Row
 * @property {Work} work
 * @property {string} unit
 * @property {Shape} shape
 * @property {{ times: number, peer: string }} [goal] ours is to be at least so many times the peer's
 */

const char256 = { vocabulary: 65, embedding: 64, units: [256, 256], batch: 64, steps: 64 };
const reviews = { vocabulary: 10_000, embedding: 64, units: [64], bidirectional: true, batch: 64, steps: 100 };
const word200 = { vocabulary: 10_000, embedding: 200, units: [200, 200], batch: 20, steps: 20 };

/** @type {Record<string, Row>} */
export const rows = {
  char128: {
    work: "train",
    unit: "tokens/s",
    shape: { vocabulary: 65, embedding: 128, units: [128, 128], batch: 50, steps: 50, optimizer: "adam" },
  },
  char256: {
    work: "train",
    unit: "tokens/s",
    shape: { ...char256, optimizer: "adam" },
    goal: { times: 1.5, peer: "pytorch" },
  },
  word192: {
    work: "train",
    unit: "tokens/s",
    shape: { vocabulary: 10_000, embedding: 192, units: [192, 192], batch: 20, steps: 20, optimizer: "adam" },
  },
  "word200-sgd": { work: "train", unit: "tokens/s", shape: { ...word200, optimizer: "sgd" } },
  word640: {
    work: "train",
    unit: "tokens/s",
    shape: { vocabulary: 10_000, embedding: 640, units: [640, 640], batch: 20, steps: 35, optimizer: "sgd" },
  },
  "bilstm64-train": { work: "train-labels", unit: "documents/s", shape: { ...reviews, optimizer: "adam" } },
  "bilstm64-label": { work: "label", unit: "documents/s", shape: reviews },
  "char256-generate": { work: "generate", unit: "tokens/s", shape: { ...char256, batch: 1, steps: 1 } },
  "word200-generate": { work: "generate", unit: "tokens/s", shape: { ...word200, batch: 1, steps: 1 } },
};

/** Whether the unit is a document of `steps` tokens rather than a token. */
const countsDocuments = (work) => work === "train-labels" || work === "label";

/** The matrix products' floating-point operations of one unit: two a weight forward, twice as many backward. @param {Row} row */
export function operations({ work, shape }) {
  const { embedding, units, bidirectional, steps, vocabulary } = shape;
  const directions = bidirectional ? 2 : 1;
  let inputs = embedding;
  let recurrent = 0;
  for (const size of units) {
    recurrent += directions * 4 * size * (inputs + size);
    inputs = directions * size;
  }
  const weights = countsDocuments(work) ? recurrent * steps + inputs * 2 : recurrent + inputs * vocabulary;
  return weights * (work.startsWith("train") ? 6 : 2);
}
