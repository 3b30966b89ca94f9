/** @file The bag of n-grams of a run with --model bag. */
import { passedOverBy } from "../baselines/bagFeatures.js";
import { fitBag, labeledIds } from "../baselines/fitBag.js";
import { resultOf } from "../evaluation/result.js";
import { Bag, type BagRecord } from "../model/storedBag.js";
import type { FitModel } from "./fittedRun.js";

/** A bag of n-grams was fitted, with the settings of the lowest validation loss. */
export type BagEvent = { type: "bag" } & BagRecord;

export const fitOwnBag: FitModel = (prepared, recipe) => {
  if (prepared.task !== "classifier" || prepared.inputs !== "tokens")
    throw new TypeError("a bag of n-grams is a classifier of texts");
  const { documents, labels, tokenizer } = prepared;
  const bag = Bag.fitted(
    fitBag(labeledIds(documents.training, recipe.maxLength), labeledIds(documents.validation, recipe.maxLength), {
      classes: labels.length,
      passedOver: passedOverBy(tokenizer),
      order: recipe.ngramOrder,
    }),
  );
  return {
    event: { type: "bag", ...bag.record },
    document: { bag: bag.toJSON() },
    arrays: { bag: bag.model.toArrays() },
    resultOn: (part) => resultOf(bag.model, prepared, part, recipe),
  };
};
