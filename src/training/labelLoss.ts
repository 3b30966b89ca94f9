/** @file The training loss of labels: class weights, given or balanced by the training part, and label smoothing. */
import { UsageError } from "../common/errors.js";
import type { Prepared } from "../examples/prepare.js";
import type { LabelLoss } from "../network/head.js";
import { balanced, classWeight } from "../options/optionKinds.js";
import type { Recipe } from "../options/recipe.js";

/** @returns undefined for the mean cross-entropy @throws UsageError for a weight of an unknown label */
export function labelLossOf(
  { classWeight: given, labelSmoothing: smoothing }: Pick<Recipe, "classWeight" | "labelSmoothing">,
  prepared: Prepared,
): LabelLoss | undefined {
  if (prepared.task === "generator" || prepared.task === "regressor") return undefined;
  if (given === undefined && !smoothing) return undefined;
  if (prepared.task === "classifier" && prepared.multilabel) return undefined;
  return { ...(given && { classWeights: classWeightsOf(given, prepared) }), smoothing };
}

type Labeled = Extract<Prepared, { task: "classifier" | "tagger"; multilabel?: undefined }>;

function classWeightsOf(given: readonly string[], prepared: Labeled): number[] {
  const { labels } = prepared;
  if (given.length === 1 && given[0] === balanced) return balancedWeights(trainingCounts(prepared));
  const weights = new Map(given.map(classWeight));
  for (const label of weights.keys()) {
    if (!labels.includes(label))
      throw new UsageError(
        `--class-weight ${label}=${weights.get(label)}: ${label} is not one of the labels ${labels.join(", ")}`,
      );
  }
  return labels.map((label) => weights.get(label) ?? 1);
}

/**
 * n / (classes · count), as scikit-learn's `class_weight="balanced"`: every class has the same weight in total. A class without examples has the weight 1, and does not count.
 * @param counts the examples of each class
 */
export function balancedWeights(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? total / (present * count) : 1));
}

/** The documents of each label, or the words of each tag, in the training part. */
function trainingCounts(prepared: Labeled): number[] {
  const counts = prepared.labels.map(() => 0);
  if (prepared.task === "tagger") for (const [, tag] of prepared.documents.training.pairs()) counts[tag]! += 1;
  else for (const label of prepared.documents.training.labels) counts[label]! += 1;
  return counts;
}
