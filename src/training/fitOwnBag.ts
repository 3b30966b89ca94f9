/** @file The bag of n-grams of a run with --model bag. */
import { passedOverBy } from "../baselines/bagFeatures.js";
import { fitBag, labeledIds } from "../baselines/fitBag.js";
import { predictionsOn } from "../evaluation/labelPredictions.js";
import { resultOf } from "../evaluation/result.js";
import { temperatureScaling } from "../evaluation/temperature.js";
import { Bag, type BagRecord } from "../model/storedBag.js";
import { mostExamples } from "./calibratedHead.js";
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
  const predictions =
    recipe.calibrate === "yes" && predictionsOn(fitted.model, prepared, "validation", recipe, { most: mostExamples });
  const scaling = predictions ? temperatureScaling(predictions) : null;
  const bag = scaling ? new Bag(fitted.model.withTemperature(scaling.temperature), fitted.record) : fitted;
  const calibration = predictions && scaling ? { examples: predictions.actual.length, ...scaling } : undefined;
  return {
    event: { type: "bag", ...bag.record },
    document: { bag: bag.toJSON(), ...(calibration && { calibration }) },
    arrays: { bag: bag.model.toArrays() },
    resultOn: (part) => resultOf(bag.model, prepared, part, recipe),
  };
};
