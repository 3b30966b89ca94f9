/** @file The answer of a model of several labels a text: the labels whose probability reaches their thresholds. */
import { probabilityText } from "../../render/numberText.js";
import type { TableAnswer } from "../tables/tableAnswer.js";
import type { Prediction } from "./classify.js";

/** Between the labels in a cell, as `--multilabel` reads them by default. */
const separator = "|";

/** The labels that apply, the most probable first, and their probabilities; both are empty for none. @param predictions all labels */
export function labelSetAnswer(predictions: readonly Prediction[]): TableAnswer {
  const labels = predictions.filter(({ applies }) => applies);
  return {
    cells: [
      labels.map(({ label }) => label).join(separator),
      labels.map(({ probability }) => probabilityText(probability)).join(separator),
    ],
    members: {
      labels: labels.map(({ label, probability }) => ({ label, probability: Number(probabilityText(probability)) })),
    },
  };
}

/** Predictions with other names of labels; of labels with one name, the most probable one. @param names of each label */
export function renamedSet(predictions: readonly Prediction[], names: ReadonlyMap<string, string>): Prediction[] {
  const found = new Map<string, Prediction>();
  for (const prediction of predictions) {
    const label = names.get(prediction.label) ?? prediction.label;
    const earlier = found.get(label);
    const applies = (earlier?.applies ?? false) || (prediction.applies ?? false);
    found.set(label, { ...(earlier ?? prediction), label, applies });
  }
  return [...found.values()];
}
