/** @file The bag of n-grams of a run with --model bag. */
import { passedOverBy } from "../baselines/bagFeatures.js";
import { fitBag, labeledIds } from "../baselines/fitBag.js";
import { calibrated, mostCalibrated } from "../evaluation/calibrate.js";
import { predictionsOn } from "../evaluation/labelPredictions.js";
import { resultOf } from "../evaluation/result.js";
import { Bag, type BagRecord } from "../model/storedBag.js";
import type { FitModel } from "./fittedRun.js";

/** A bag of n-grams was fitted, with the settings of the lowest validation loss. */
export type BagEvent = { type: "bag" } & BagRecord;

export const fitOwnBag: FitModel = (prepared, recipe) => {
  if (prepared.task !== "classifier" || prepared.inputs !== "tokens" || prepared.multilabel)
    throw new TypeError("a bag of n-grams is a classifier of texts with one label each");
  const { documents, labels, tokenizer } = prepared;
  const fitted = Bag.fitted(
    fitBag(labeledIds(documents.training, recipe.maxLength), labeledIds(documents.validation, recipe.maxLength), {
      classes: labels.length,
      passedOver: passedOverBy(tokenizer),
      order: recipe.ngramOrder,
    }),
  );
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
