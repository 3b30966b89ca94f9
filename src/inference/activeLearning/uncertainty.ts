/** @file How uncertain a classifier is of a text (Lewis & Gale 1994; Settles 2009, section 3.1): more for a text that is more worth labeling. */
import type { LabelStrategy } from "../../common/names.js";
import { usualThreshold } from "../../common/labelSetCounts.js";
import type { Model } from "../../model/model.js";
import type { Prediction } from "../classification/classify.js";

/** A label of a set, which applies from its threshold on. */
type SetLabel = { probability: number; threshold: number };

/** Both forms are in 0 … 1. */
type Uncertainty = {
  /** @param probabilities of all labels, highest first, summing to 1 */
  ofLabel: (probabilities: readonly number[]) => number;
  /** Of a model of several labels a text, each with a probability of its own. */
  ofSet: (labels: readonly SetLabel[]) => number;
};

const strategies: { [Strategy in LabelStrategy]: Uncertainty } = {
  /** Scheffer et al. 2001. Of a set: the label nearest to its threshold (Brinker 2006). */
  margin: {
    ofLabel: ([first = 1, second = 0]) => 1 - (first - second),
    ofSet: (labels) => 1 - Math.min(...labels.map(({ probability, threshold }) => Math.abs(probability - threshold))),
  },
  /** As a fraction of the highest entropy. Of a set: the mean over its labels. */
  entropy: {
    ofLabel: (probabilities) =>
      probabilities.length < 2 ? 0 : sum(probabilities.map(surprise)) / Math.log(probabilities.length),
    ofSet: (labels) =>
      sum(labels.map(({ probability }) => surprise(probability) + surprise(1 - probability))) /
      (labels.length * Math.LN2),
  },
  /** Culotta & McCallum 2005. Of a set: its probability is the product over the labels. */
  "least-confidence": {
    ofLabel: ([first = 1]) => 1 - first,
    ofSet: (labels) =>
      1 -
      labels.reduce(
        (product, { probability, threshold }) => product * (probability >= threshold ? probability : 1 - probability),
        1,
      ),
  },
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const surprise = (probability: number): number => (probability > 0 ? -probability * Math.log(probability) : 0);

/** The uncertainty of the predictions of a model, 0 … 1. */
export function uncertaintyBy(
  strategy: LabelStrategy,
  { labels, thresholds, recipe }: Model,
): (predictions: readonly Prediction[]) => number {
  const { ofLabel, ofSet } = strategies[strategy];
  if (!recipe.multilabel) return (predictions) => ofLabel(predictions.map(({ probability }) => probability));
  const thresholdOf = new Map(labels.map((label, index) => [label, thresholds?.[index] ?? usualThreshold]));
  return (predictions) =>
    ofSet(predictions.map(({ label, probability }) => ({ probability, threshold: thresholdOf.get(label)! })));
}
