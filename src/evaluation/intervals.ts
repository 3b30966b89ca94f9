/** @file 95 % confidence intervals of scores on a limited number of examples. */
import { randomStream } from "../common/random.js";
import { binOf, calibrationOf, defaultBins } from "./calibration.js";

export type Interval = readonly [low: number, high: number];

/** The 97.5 % quantile of the normal distribution. */
const normalQuantile = 1.959963984540054;

/** Of a proportion such as an accuracy: Wilson 1927, which stays within 0 … 1 and holds for few examples and for proportions near the ends. */
export function proportionInterval(hits: number, count: number): Interval {
  if (count === 0) return [0, 1];
  const square = normalQuantile ** 2;
  const middle = (hits + square / 2) / (count + square);
  const half = (normalQuantile / (count + square)) * Math.sqrt((hits * (count - hits)) / count + square / 4);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

const mostResamples = 1000;
const fewestResamples = 100;
/** Draws of all resamples together. */
const mostDraws = 5e6;

/**
 * Of the expected calibration error: the basic bootstrap, [2e − q₉₇.₅, 2e − q₂.₅] for the quantiles q of the error of resamples. The error of a sample is biased
 * upwards, and that of a resample by as much again, so that an interval of the quantiles themselves would seldom contain the error of calibrated probabilities.
 * @param confidences the probability of the predicted class of each example
 * @param hits whether it is the actual one
 */
export function calibrationInterval(
  confidences: Float64Array,
  hits: Uint8Array,
  error = calibrationOf(confidences, hits).error,
): Interval {
  const count = confidences.length;
  const resamples = Math.min(mostResamples, Math.max(fewestResamples, Math.floor(mostDraws / count)));
  const random = randomStream(1, "calibration interval");
  const bins = Uint8Array.from(confidences, (confidence) => binOf(confidence));
  const gaps = Float64Array.from(confidences, (confidence, index) => confidence - hits[index]!);
  const gapOfBin = new Float64Array(defaultBins); // the error is the sum of their absolute values over the number of examples
  const errors = new Float64Array(resamples).map(() => {
    gapOfBin.fill(0);
    for (let draw = 0; draw < count; draw++) {
      const index = Math.floor(random() * count);
      gapOfBin[bins[index]!]! += gaps[index]!;
    }
    return gapOfBin.reduce((sum, gap) => sum + Math.abs(gap), 0) / count;
  });
  errors.sort();
  const clipped = (value: number): number => Math.min(1, Math.max(0, value));
  return [clipped(2 * error - quantile(errors, 0.975)), clipped(2 * error - quantile(errors, 0.025))];
}

/** Linear between the neighboring values, as `np.quantile`. @param sorted at least one number, ascending */
export function quantile(sorted: Float64Array, fraction: number): number {
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (place - below) * (high - low);
}
