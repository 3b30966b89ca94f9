/** @file Temperature scaling: logits are divided by one number, so that probabilities fit the accuracy (Guo, Pleiss, Sun & Weinberger 2017). */
import { softmax } from "../network/softmax.js";
import { calibrationOf } from "./calibration.js";
import { type LabelPredictions, predictedClasses, probabilitiesOf } from "./labelPredictions.js";

/** What temperature scaling did. Errors are expected calibration errors, 0 … 1. */
export type TemperatureScaling = { temperature: number; errorBefore: number; errorAfter: number };

/** Fewer examples say too little about a temperature. */
export const fewestToScale = 50;

/** The range of 1 / temperature. */
const [leastFactor, greatestFactor] = [0.02, 50];
const mostSteps = 100;
const tolerance = 1e-10;

/**
 * The temperature by which the logits of a model are to be divided, and what it does to the predictions that it was fitted on.
 * @param predictions for the validation part, from the logits as they are
 * @returns null for fewer than 50 examples, and where the best temperature is no better than chance would make it: the logits stay as they are
 */
export function temperatureScaling(predictions: LabelPredictions): TemperatureScaling | null {
  if (predictions.actual.length < fewestToScale) return null;
  const temperature = fitTemperature(predictions);
  const scaled = withTemperature(predictions, temperature);
  if (logLikelihood(scaled) - logLikelihood(predictions) < leastGain) return null;
  return { temperature, errorBefore: calibrationErrorOf(predictions), errorAfter: calibrationErrorOf(scaled) };
}

/** Of the log likelihood of all examples, as one parameter more is worth by Akaike's criterion. */
const leastGain = 1;

const logLikelihood = (predictions: LabelPredictions): number =>
  predictions.actual.reduce(
    (sum, label, row) => sum + Math.log(Math.max(probabilitiesOf(predictions, row)[label]!, Number.MIN_VALUE)),
    0,
  );

/**
 * The temperature with the least cross-entropy, a convex function of f = 1 / temperature, found by Newton's method between bounds. Of each target, 1 / (n + 2) is
 * spread over all labels, as in Platt scaling: labels that are all predicted correctly would have no best temperature.
 */
export function fitTemperature(predictions: LabelPredictions): number {
  const { actual, classes } = predictions;
  const logits = logitsOf(predictions);
  const spread = 1 / (actual.length + 2);

  /** The first and the second derivative of the mean cross-entropy. */
  const derivativesAt = (factor: number): { slope: number; curvature: number } => {
    let slope = 0;
    let curvature = 0;
    for (const [row, label] of actual.entries()) {
      const start = row * classes;
      let [total, mean, square, sum] = [0, 0, 0, 0];
      for (let at = start; at < start + classes; at++) {
        const logit = logits[at]!;
        const weight = Math.exp(factor * logit);
        total += weight;
        mean += weight * logit;
        square += weight * logit * logit;
        sum += logit;
      }
      mean /= total;
      slope += mean - (1 - spread) * logits[start + label]! - (spread * sum) / classes;
      curvature += square / total - mean * mean;
    }
    return { slope: slope / actual.length, curvature: curvature / actual.length };
  };

  let [low, high, factor] = [leastFactor, greatestFactor, 1];
  for (let step = 0; step < mostSteps; step++) {
    const { slope, curvature } = derivativesAt(factor);
    if (slope < 0) low = factor;
    else high = factor;
    const newton = factor - slope / curvature;
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high);
    const change = Math.abs(next - factor);
    factor = next;
    if (change < tolerance * factor) break;
  }
  return 1 / factor;
}

/** The logits up to a constant in each row: the highest is 0. */
function logitsOf(predictions: LabelPredictions): Float64Array {
  const { actual, classes, probabilities } = predictions;
  const logits = probabilities.map((probability) => Math.log(Math.max(probability, Number.MIN_VALUE)));
  for (const row of actual.keys()) {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    const highest = own.reduce((most, logit) => Math.max(most, logit), -Infinity);
    for (let label = 0; label < classes; label++) own[label]! -= highest;
  }
  return logits;
}

/** The predictions from logits that are divided by a temperature. */
export function withTemperature(predictions: LabelPredictions, temperature: number): LabelPredictions {
  const { classes, actual } = predictions;
  const logits = logitsOf(predictions).map((logit) => logit / temperature);
  const probabilities = new Float64Array(logits.length);
  for (const row of actual.keys())
    probabilities.set(softmax(logits.subarray(row * classes, (row + 1) * classes)), row * classes);
  return { ...predictions, probabilities };
}

function calibrationErrorOf(predictions: LabelPredictions): number {
  const predicted = predictedClasses(predictions);
  return calibrationOf(
    Array.from(predicted, (label, row) => probabilitiesOf(predictions, row)[label]!),
    Array.from(predicted, (label, row) => Number(label === predictions.actual[row])),
  ).error;
}
