/** @file The bag of n-grams of a run with --model bag. */
import { passedOverBy } from "../baselines/bagFeatures.js";
import { fitBag, type FitBagOptions, labeledIds } from "../baselines/fitBag.js";
import { calibrated, mostCalibrated } from "../evaluation/calibrate.js";
import { predictionsOn } from "../evaluation/labelPredictions.js";
import { isTextClassification, type TextClassification } from "../evaluation/predictor.js";
import { resultOf } from "../evaluation/result.js";
import { Bag, type BagRecord } from "../model/storedBag.js";
import type { FitModel } from "./fittedRun.js";

/** A bag of n-grams was fitted, with the settings of the lowest validation loss. */
export type BagEvent = { type: "bag" } & BagRecord;

/** The bag of n-grams of a run. @param options longest: tokens that are read of each text; order and until: those of `fitBag` */
export function bagOf(
  { documents, labels, tokenizer }: TextClassification,
  { longest, ...options }: { longest: number } & Pick<FitBagOptions, "order" | "until">,
): Bag {
  const [training, validation] = [documents.training, documents.validation].map((part) => labeledIds(part, longest));
  const fitting = { classes: labels.length, passedOver: passedOverBy(tokenizer), ...options };
  return Bag.fitted(fitBag(training!, validation!, fitting));
}

export const fitOwnBag: FitModel = (prepared, recipe) => {
  if (!isTextClassification(prepared))
    throw new TypeError("a bag of n-grams is a classifier of texts with one label each");
  const fitted = bagOf(prepared, { longest: recipe.maxLength, order: recipe.ngramOrder });
  const predictions = predictionsOn(fitted.model, prepared, "validation", recipe, { most: mostCalibrated });
  const { temperature, records } = calibrated(predictions, { scale: recipe.calibrate === "yes", sets: true });
  const bag = temperature === 1 ? fitted : new Bag(fitted.model.withTemperature(temperature), fitted.record);
  return {
    event: { type: "bag", ...bag.record },
    document: { bag: bag.toJSON(), ...records },
    arrays: { bag: bag.model.toArrays() },
    resultOn: (part) => resultOf(bag.model, prepared, part, recipe),
  };
};
