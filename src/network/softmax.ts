/** @file Probabilities from the logits of one row, as plain numbers. */

/** The most logits of one forward pass over a text: 32 MB. */
export const maxLogits = 2 ** 23;

/** @param logits [classes] @returns [classes], summing to 1 within rounding */
export function softmax(logits: Float32Array | Float64Array): Float64Array {
  const { length } = logits;
  let highest = -Infinity;
  for (let at = 0; at < length; at++) highest = Math.max(highest, logits[at]!);
  const probabilities = new Float64Array(length);
  let sum = 0;
  for (let at = 0; at < length; at++) sum += probabilities[at] = Math.exp(logits[at]! - highest);
  for (let at = 0; at < length; at++) probabilities[at]! /= sum;
  return probabilities;
}

/** 1 / (1 + exp(-logit)). */
export const sigmoidOf = (logit: number): number =>
  logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit));

/** The softmax of a row of logits at one class. @param logits [rows · classes] @param start of the row */
export function softmaxAt(logits: Float32Array, start: number, classes: number, target: number): number {
  let highest = -Infinity;
  for (let at = start; at < start + classes; at++) highest = Math.max(highest, logits[at]!);
  let sum = 0;
  for (let at = start; at < start + classes; at++) sum += Math.exp(logits[at]! - highest);
  return Math.exp(logits[start + target]! - highest) / sum;
}

/** The index of the largest value, the first among equals. */
export const argmax = (values: Float64Array | Float32Array | Uint32Array): number =>
  values.indexOf(Math.max(...values));
