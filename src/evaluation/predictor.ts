/** @file What predicts labels or numbers: a network, a bag of n-grams, or both. */
import { bagName } from "../baselines/index.js";
import { BagModel } from "../baselines/bagModel.js";
import { labeledIds } from "../baselines/fitBag.js";
import type { Examples } from "../examples/batch.js";
import type { Prepared } from "../examples/prepare.js";
import type { Part } from "../examples/split.js";
import type { Network } from "../network/network.js";
import { type Score, score, scoreBag, type ScoreOptions } from "./score.js";
import { scoreWide, type WideModel } from "./wideScore.js";

export type Predictor = Network | BagModel | WideModel;

/** The encoded texts of a classifier with one label for each. */
export type TextClassification = Extract<Prepared, { task: "classifier"; inputs: "tokens"; multilabel?: undefined }>;

export const isTextClassification = (prepared: Prepared): prepared is TextClassification =>
  prepared.task === "classifier" && prepared.inputs === "tokens" && !prepared.multilabel;

export const isWide = (model: Predictor): model is WideModel => "weights" in model && "bag" in model;

/** The name of a network with a bag of n-grams in tables of scores. */
export const wideName = `network + ${bagName}`;

/** The name in tables of scores; undefined for a network, which needs none. */
export const nameOfPredictor = (model: Predictor): string | undefined =>
  isWide(model) && model.weights.network > 0
    ? wideName
    : isWide(model) || model instanceof BagModel
      ? bagName
      : undefined;

/** Scores examples of a part. @throws TypeError for both on other parts than those of a classifier of texts */
export function scorerOf(
  model: Predictor,
  prepared: Prepared,
  part: Part,
): (examples: Examples, options?: ScoreOptions) => Score {
  if (model instanceof BagModel) return (examples, options) => scoreBag(model, examples, options);
  if (!isWide(model)) return (examples, options) => score(model, examples, options);
  if (!isTextClassification(prepared))
    throw new TypeError("a bag of n-grams beside a network is a classifier of texts");
  const documents = labeledIds(prepared.documents[part], Infinity);
  return (examples, options) => scoreWide({ ...model, documents }, model.weights, examples, options);
}
