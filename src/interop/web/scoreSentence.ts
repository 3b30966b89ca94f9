/** @file The test score of a network in one sentence, with the best baseline for comparison. */
import { inFile } from "../../common/errors.js";
import { readResults, type StoredResult } from "../../evaluation/stored.js";
import type { Model } from "../../model/model.js";
import type { Task } from "../../common/names.js";
import { decimal, percent } from "../../render/numberText.js";

type Measure = {
  key: "accuracy" | "perplexity" | "meanAbsoluteError";
  better: (left: number, right: number) => number;
  words: (value: number) => string;
};

const higherFirst = (left: number, right: number): number => right - left;
const lowerFirst = (left: number, right: number): number => left - right;
const accuracyMeasure: Measure = {
  key: "accuracy",
  better: higherFirst,
  words: (accuracy) => `${percent(accuracy, 1)} of its predictions are correct`,
};

const measures: { [Kind in Task]: Measure } = {
  generator: { key: "perplexity", better: lowerFirst, words: (value) => `its perplexity is ${decimal(value)}` },
  classifier: accuracyMeasure,
  regressor: {
    key: "meanAbsoluteError",
    better: lowerFirst,
    words: (value) => `its mean absolute error is ${decimal(value)}`,
  },
  tagger: accuracyMeasure,
};

/** Empty if the checkpoint has no score. */
export function scoreSentence({ task, document, folder }: Model): string {
  const [[part, result] = []] = Object.entries(inFile(folder, () => readResults(document)));
  const { key, better, words } = measures[task];
  const score = result?.[key];
  if (result === undefined || score == null) return "";
  const [best] = result.baselines
    .filter(
      (baseline): baseline is StoredResult["baselines"][number] & Record<typeof key, number> => baseline[key] != null,
    )
    .toSorted((one, other) => better(one[key], other[key]));
  const baseline = best
    ? ` (baseline ${best.name}: ${key === "accuracy" ? percent(best[key], 1) : decimal(best[key])})`
    : "";
  return `On the ${part} part ${words(score)}${baseline}.`;
}
