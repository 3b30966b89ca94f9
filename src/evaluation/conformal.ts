/** @file Conformal label sets: sets that contain the actual label with a chosen probability, from the scores of held-out predictions. */
import type { ConformalRecord } from "../checkpoint/checkpoint.js";
import { type ConformalMethod, conformalMethods } from "../common/names.js";
import { type LabelPredictions, probabilitiesOf } from "./labelPredictions.js";

/**
 * How unusual an actual label is; higher is more unusual.
 * lac: a set has the labels whose probability is at least a threshold, the smallest sets on average (Sadinle, Lei & Wasserman 2019).
 * aps: it has the most probable labels up to a total probability, more of them where a text is difficult (Romano, Sesia & Candès 2020, without randomization).
 * @param descending the probabilities of all labels
 * @param place of the label among them
 */
const nonconformity: { [Method in ConformalMethod]: (descending: Float64Array, place: number) => number } = {
  lac: (descending, place) => 1 - descending[place]!,
  aps: (descending, place) => {
    let total = 0;
    for (let at = 0; at <= place; at++) total += descending[at]!;
    return total;
  },
};

/** At most so many scores are stored. */
const mostStored = 400;
const digits = 1e6;

/**
 * The scores of the actual labels. More than 400 are thinned out to every n/400th in their order, rounded up, so that sets become a little larger, never smaller.
 * @param predictions of texts that the model was not trained on
 */
export function conformalRecord(predictions: LabelPredictions): ConformalRecord {
  const { actual } = predictions;
  const scores = { lac: new Float64Array(actual.length), aps: new Float64Array(actual.length) };
  for (const [row, label] of actual.entries()) {
    const probabilities = probabilitiesOf(predictions, row);
    const own = probabilities[label]!;
    const descending = probabilities.toSorted((left, right) => right - left);
    for (const method of conformalMethods)
      scores[method][row] = nonconformity[method](descending, descending.indexOf(own));
  }
  const count = Math.min(mostStored, actual.length);
  const stored = (sorted: Float64Array): number[] =>
    Array.from(
      { length: count },
      (_, index) => Math.ceil(sorted[Math.ceil(((index + 1) * sorted.length) / count) - 1]! * digits) / digits,
    );
  return { examples: actual.length, lac: stored(scores.lac.toSorted()), aps: stored(scores.aps.toSorted()) };
}

/** The ⌈(n + 1)(1 − error)⌉-th smallest of n scores, or a stored one above it; ∞ for too few scores. @param error the accepted rate of sets without the actual label */
export function conformalQuantile(record: ConformalRecord, method: ConformalMethod, error: number): number {
  const { [method]: stored, examples } = record;
  const rank = Math.ceil((examples + 1) * (1 - error) - tolerance);
  if (rank > examples) return Infinity;
  return stored[Math.floor(((rank - 1) * stored.length) / examples)]!;
}

/** For sums of probabilities. */
const tolerance = 1e-9;

/**
 * The number of labels in the set, which are the most probable ones; at least one.
 * @param descending the probabilities of all labels
 * @param quantile from `conformalQuantile`
 */
export function conformalSetSize(descending: Float64Array, method: ConformalMethod, quantile: number): number {
  const outside = descending.findIndex((_, place) => nonconformity[method](descending, place) > quantile + tolerance);
  return Math.max(1, outside === -1 ? descending.length : outside);
}
