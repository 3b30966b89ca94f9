/** @file Labels that are likely wrong, by confident learning (Northcutt, Jiang & Chuang 2021), from the probabilities of models that were not fitted on the rows. */
import { passedOverBy } from "../../baselines/bagFeatures.js";
import { fitUsualBag } from "../../baselines/fitBag.js";
import { assignFold } from "../../examples/foldSplit.js";
import type { Grouping } from "../../examples/grouping.js";
import { softmax } from "../../network/softmax.js";
import { usualNormalization } from "../../tokenizers/normalization.js";
import { tokenizerTrainer } from "../../tokenizers/index.js";

/** A row whose given label i is likely wrong. @property margin p_j − p_i, above 0 */
export type WrongLabel = { row: number; given: number; suggested: number; probability: number; margin: number };

/**
 * The rows that are likely mislabeled, largest margin first. The threshold of a class is its mean probability over the rows with its label. Of the classes whose
 * probability reaches their threshold, the most probable one is suggested, if it is not the given one and is more probable than that.
 * @param probabilities of each row, a number for each class
 * @param labels the given class of each row
 */
export function wrongLabels(probabilities: readonly ArrayLike<number>[], labels: readonly number[]): WrongLabel[] {
  const thresholds = meansOfOwn(probabilities, labels);
  return labels
    .flatMap((given, row): WrongLabel[] => {
      const own = probabilities[row]!;
      let suggested = given;
      for (const [label, threshold] of thresholds)
        if (own[label]! >= threshold && own[label]! > own[suggested]!) suggested = label;
      const [probability, margin] = [own[suggested]!, own[suggested]! - own[given]!];
      return suggested === given ? [] : [{ row, given, suggested, probability, margin }];
    })
    .toSorted((left, right) => right.margin - left.margin);
}

/** The mean probability of each label over the rows that have it. */
function meansOfOwn(probabilities: readonly ArrayLike<number>[], labels: readonly number[]): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [row, label] of labels.entries()) {
    const { sum, count } = sums.get(label) ?? { sum: 0, count: 0 };
    sums.set(label, { sum: sum + probabilities[row]![label]!, count: count + 1 });
  }
  return new Map([...sums].map(([label, { sum, count }]) => [label, sum / count]));
}

export const lintFolds = 5;

/** @param labels the class of each text @returns its probabilities by a bag that was fitted on the other folds */
type HeldOut = (labels: readonly number[], classes: number) => Float32Array[];

/**
 * The probabilities of texts by bags of n-grams.
 * @param grouping texts that are in one fold
 * @returns null for fewer different texts than folds
 */
export function heldOutBags(texts: readonly string[], grouping: Grouping, seed: number): HeldOut | null {
  if (grouping.sizes.length < lintFolds) return null;
  const trainer = tokenizerTrainer("words", {
    normalization: usualNormalization("words", "classifier"),
    clusters: true,
  });
  for (const text of texts) trainer.add(text);
  const tokenizer = trainer.finish();
  const passedOver = passedOverBy(tokenizer);
  const ids = texts.map((text) => Int32Array.from(tokenizer.encode(text)));
  return (labels, classes) => {
    const probabilities = Array<Float32Array>(texts.length);
    for (let index = 0; index < lintFolds; index++) {
      const partOf = assignFold(grouping, { index, of: lintFolds }, { validation: 0, seed, name: "the corpus" });
      const rows = [...texts.keys()];
      const fitted = rows.filter((row) => partOf(row) === "training");
      const training = {
        count: fitted.length,
        ids: (at: number) => ids[fitted[at]!]!,
        label: (at: number) => labels[fitted[at]!]!,
      };
      const bag = fitUsualBag(training, { classes, passedOver });
      for (const row of rows)
        if (partOf(row) === "test") probabilities[row] = Float32Array.from(softmax(bag.logits(ids[row]!)));
    }
    return probabilities;
  };
}
