/** @file How good a network is, in one sentence: its score beside the best that a method without a network gets. */
import { readResults, type StoredResult } from "../../evaluation/stored.js";
import type { Model } from "../../model/model.js";
import type { Task } from "../../common/names.js";
import { decimal, percent } from "../../render/numberText.js";

type Measure = {
  key: "accuracy" | "perplexity" | "meanAbsoluteError";
  better: (left: number, right: number) => number;
  words: (value: number) => string;
};

const rising = (left: number, right: number): number => right - left;
const falling = (left: number, right: number): number => left - right;
const right: Measure = {
  key: "accuracy",
  better: rising,
  words: (share) => `${percent(share, 1)} of its answers are right`,
};

const measures: { [Kind in Task]: Measure } = {
  generator: { key: "perplexity", better: falling, words: (value) => `its perplexity is ${decimal(value)}` },
  classifier: right,
  regressor: { key: "meanAbsoluteError", better: falling, words: (value) => `its mean error is ${decimal(value)}` },
  tagger: right,
};

/** Of the part that was kept back; nothing where the checkpoint has no score. */
export function standing({ task, document, folder }: Model): string {
  const [result] = Object.values(readResults(document, folder));
  const { key, better, words } = measures[task];
  const score = result?.[key];
  if (result === undefined || score == null) return "";
  const [best] = result.baselines
    .filter(
      (baseline): baseline is StoredResult["baselines"][number] & Record<typeof key, number> => baseline[key] != null,
    )
    .toSorted((one, other) => better(one[key], other[key]));
  const beside = best ? ` (${best.name}: ${key === "accuracy" ? percent(best[key], 1) : decimal(best[key])})` : "";
  return `Of what it had not seen, ${words(score)}${beside}.`;
}
