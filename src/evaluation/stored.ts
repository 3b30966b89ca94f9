/** @file Reads the scores of a checkpoint, which are checked. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import type { StoredDocument } from "../checkpoint/checkpoint.js";

const number = v.nullish(v.number()); // null: not finite
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const measures = {
  loss: number,
  perplexity: number,
  bitsPerByte: number,
  accuracy: number,
  f1Micro: number,
  f1Macro: number,
  meanAbsoluteError: number,
  rootMeanSquaredError: number,
  r2: number,
};

const storedResult = v.object({
  name: v.exactOptional(v.string()),
  targets: count,
  sampledFrom: v.exactOptional(count),
  ...measures,
  confusion: v.optional(v.pipe(v.array(v.pipe(v.array(count), v.readonly())), v.readonly())),
  calibration: v.optional(
    v.object({
      error: fraction,
      bins: v.array(v.object({ from: fraction, to: fraction, count, confidence: fraction, accuracy: fraction })),
    }),
  ),
  baselines: v.optional(
    v.array(
      v.object({
        name: v.pipe(
          v.string(),
          v.transform((name) => baselineName(name)),
        ),
        ...measures,
      }),
    ),
    [],
  ),
});

/** Names of baselines in the checkpoints of earlier versions. */
const formerBaselineNames: Readonly<Record<string, string>> = {
  "commonest label": "majority class",
  "bag of words": "naive Bayes",
  "commonest tag": "majority tag",
  "each word's commonest tag": "most frequent tag per word",
  "mean of training": "training mean",
};

/** The name of a baseline in a checkpoint, as this version writes it. */
export const baselineName = (stored: string): string => formerBaselineNames[stored] ?? stored;

export type StoredResult = v.InferOutput<typeof storedResult>;

/**
 * The scores by part; none for a run that has not finished.
 * @throws UserError for other data, and for a confusion matrix with other classes than the labels
 */
export function readResults({ metrics, labels = [] }: StoredDocument): Record<string, StoredResult> {
  const square = v.check(
    ({ confusion }: StoredResult) =>
      confusion === undefined || [confusion, ...confusion].every(({ length }) => length === labels.length),
    "expected a row and a column of the confusion matrix for each label",
  );
  const schema = v.record(v.string(), v.pipe(storedResult, square));
  return checked(schema, metrics, (problems) => `its scores are damaged or were edited: ${problems}`);
}
