/** @file The recipe of the learning curves: network, training and slices of time, the same in rnn and PyTorch. */

/** @type {import("../rows.mjs").Shape} */
const shape = { vocabulary: 65, embedding: 64, units: [256, 256], batch: 64, steps: 64, optimizer: "adam" };

/** The task of both programs, without text, seed, threads and seconds. Initial weights: embeddings normal with a standard deviation of 1, other matrices uniform in ± initialRange (PyTorch's own), biases zero. */
export const recipe = {
  work: "learning-curve",
  shape,
  learningRate: 2e-3,
  clipNorm: 1,
  initialRange: 1 / Math.sqrt(256),
  trainingFraction: 0.9, // the rest of the text is the validation part
};

/** The validation loss is measured after each slice of training, outside the time. */
export const slices = { count: 15, seconds: 5 };
