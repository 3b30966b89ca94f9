/** @file What a row costs a machine at the least: the operations of its matrix products, and the bytes of weights that are read anew for each token. */

const gates = { lstm: 4, gru: 3 };
const bytesOfFloat = 4;

/** Of the recurrent layers and their inputs, for one token. @param {import("./rows.mjs").Shape} shape */
function recurrentWeights({ cell = "lstm", embedding, units, bidirectional }) {
  const directions = bidirectional ? 2 : 1;
  let inputs = embedding;
  let weights = 0;
  for (const size of units) {
    weights += directions * gates[cell] * size * (inputs + size);
    inputs = directions * size;
  }
  return { weights, outputs: inputs };
}

/** Weights that the matrix products of one unit, a token or a document, multiply with. */
function multiplications({ work, shape }) {
  const { convolution, embedding, lengths, steps, vocabulary } = shape;
  if (convolution) {
    const { filters, width } = convolution;
    return filters * (width * embedding * (steps - width + 1) + 2);
  }
  const { weights, outputs } = recurrentWeights(shape);
  if (work === "train" || work === "generate") return weights + outputs * vocabulary;
  const tokens = lengths ? lengths.reduce((sum, length) => sum + length, 0) / lengths.length : steps;
  return weights * tokens + outputs * 2;
}

/** Whether the work is one of matrix products. @param {import("./rows.mjs").Work} work */
export const multiplies = (work) => ["train", "train-labels", "label", "generate"].includes(work);

/** The matrix products' floating-point operations of one unit: two a weight forward, twice as many backward. @param {import("./rows.mjs").Row} row */
export const operations = (row) => multiplications(row) * (row.work.startsWith("train") ? 6 : 2);

/** Bytes of weights that a step of generation reads, for all of its texts; null for other work, which reads each weight once for many tokens. @param {import("./rows.mjs").Row} row */
export const weightBytes = (row) => (row.work === "generate" ? multiplications(row) * bytesOfFloat : null);

/**
 * The most units a second that the machine's arithmetic, or its reading of the weights, allows.
 * @param {import("./rows.mjs").Row} row
 * @param {{ peak: number, bandwidth: number | null }} machine GFLOP/s; GB/s of weights of this size
 * @returns {{ speed: number, by: "arithmetic" | "memory" }}
 */
export function roofline(row, { peak, bandwidth }) {
  const arithmetic = (peak * 1e9) / operations(row);
  const memory = bandwidth === null ? Infinity : (bandwidth * 1e9 * row.shape.batch) / weightBytes(row);
  return arithmetic < memory ? { speed: arithmetic, by: "arithmetic" } : { speed: memory, by: "memory" };
}
