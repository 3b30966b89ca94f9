/** @file Probabilities from the logits of one row, as plain numbers. */

/** @param logits [classes] @returns [classes], summing to 1 within rounding */
export function softmax(logits: Float32Array | Float64Array): Float64Array {
  const highest = Math.max(...logits);
  const exponentials = Float64Array.from<number>(logits, (logit) => Math.exp(logit - highest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/** The index of the largest value, the first among equals. */
export const argmax = (values: Float64Array | Uint32Array): number => values.indexOf(Math.max(...values));
