/** @file The values of the features of a bag of n-grams: one for each in a text of unit length, scaled by naive Bayes or by rarity. */
import type { BagWeightingName } from "../common/names.js";
import { rowCounts } from "./bagRows.js";
import type { SparseRows } from "./bagSolver.js";

/** units: [features], values before a text gets the length 1; scales: of each output, values that its features are multiplied by afterwards, null for ones. */
export type Weighting = { units: Float32Array; scales: (output: number) => Float64Array | null };

/** The labels of rows; an output is the score of a class against all others, or with two classes of the second against the first. */
export type Labels = { classes: number; at(row: number): number };

export const outputsFor = (classes: number): number => (classes === 2 ? 1 : classes);

/** The class whose probability an output is. */
export const classOf = (output: number, classes: number): number => (classes === 2 ? 1 : output);

/** @param counts [features], in how many rows each one is @param least features in fewer rows get the value 0 */
type WeightingOf = (
  rows: SparseRows,
  labels: Labels,
  options: { features: number; counts: Uint32Array; least: number },
) => Weighting;

const weightings: { [Name in BagWeightingName]: WeightingOf } = {
  /** Wang & Manning 2012: the logarithm of how much more often a feature is in texts of a class than in others. */
  "naive-bayes": (rows, labels, { features, counts, least }) => ({
    units: new Float32Array(counts.length).map((_, feature) => Number(counts[feature]! >= least)),
    scales: (output) => {
      const own = classOf(output, labels.classes);
      const within = rowCounts(rows, features, (row) => labels.at(row) === own);
      let [inside, outside] = [0, 0];
      for (let feature = 0; feature < features; feature++) {
        if (counts[feature]! < least) continue;
        inside += within[feature]! + 1;
        outside += counts[feature]! - within[feature]! + 1;
      }
      const shift = Math.log(outside / inside);
      return new Float64Array(counts.length).map((_, feature) => {
        const [count, inClass] = [counts[feature]!, within[feature]!];
        return count < least ? 0 : Math.log((inClass + 1) / (count - inClass + 1)) + shift;
      });
    },
  }),
  /** The inverse document frequency as scikit-learn smooths it. */
  "tf-idf": ({ count: rows }, _labels, { counts, least }) => ({
    units: new Float32Array(counts.length).map((_, feature) => {
      const count = counts[feature]!;
      return count < least ? 0 : Math.log((1 + rows) / (1 + count)) + 1;
    }),
    scales: () => null,
  }),
};

export const weightingOf = (name: BagWeightingName, ...given: Parameters<WeightingOf>): Weighting =>
  weightings[name](...given);
