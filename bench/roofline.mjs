/** @file The minimum cost of a row: the operations of its matrix products, and the bytes of weights that each token reads. From both, the roofline. */

const gates = { lstm: 4, gru: 3 };
const bytesOfFloat = 4;

/** The number of weights of the recurrent layers, and the size of their output. @param {import("./rows.mjs").Shape} shape */
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

/** Multiplications by weights in the matrix products of one unit: a token or a document. */
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

/** Whether the work consists of matrix products. @param {import("./rows.mjs").Work} work */
export const multiplies = (work) => ["train", "train-labels", "label", "generate"].includes(work);

/** Floating-point operations of the matrix products of one unit: two per weight in the forward pass, four in the backward pass. @param {import("./rows.mjs").Row} row */
export const operations = (row) => multiplications(row) * (row.work.startsWith("train") ? 6 : 2);

/** Bytes of weights that one step of generation reads, for all texts of the batch; null for other work, which reads each weight once for many tokens. @param {import("./rows.mjs").Row} row */
export const weightBytes = (row) => (row.work === "generate" ? multiplications(row) * bytesOfFloat : null);

/**
 * The maximum units per second that arithmetic and memory bandwidth allow, and the one of the two that limits.
 * @param {import("./rows.mjs").Row} row
 * @param {{ peak: number, bandwidth: number | null }} machine GFLOP/s; GB/s of weights of this size
 * @returns {{ speed: number, by: "arithmetic" | "memory" }}
 */
export function roofline(row, { peak, bandwidth }) {
  const arithmetic = (peak * 1e9) / operations(row);
  const memory = bandwidth === null ? Infinity : (bandwidth * 1e9 * row.shape.batch) / weightBytes(row);
  return arithmetic < memory ? { speed: arithmetic, by: "arithmetic" } : { speed: memory, by: "memory" };
}
