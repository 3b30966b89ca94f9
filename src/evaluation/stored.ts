/** @file The scores that a checkpoint keeps, read with nothing taken on trust. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import type { StoredDocument } from "../checkpoint/checkpoint.js";

const number = v.nullish(v.number()); // null: it was not finite
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const measures = {
  loss: number,
  perplexity: number,
  accuracy: number,
  meanAbsoluteError: number,
  rootMeanSquaredError: number,
  r2: number,
};

const storedResult = v.object({
  targets: count,
  ...measures,
  confusion: v.optional(v.pipe(v.array(v.pipe(v.array(count), v.readonly())), v.readonly())),
  calibration: v.optional(
    v.object({
      error: share,
      bins: v.array(v.object({ from: share, to: share, count, confidence: share, accuracy: share })),
    }),
  ),
  baselines: v.optional(v.array(v.object({ name: v.string(), ...measures })), []),
});

export type StoredResult = v.InferOutput<typeof storedResult>;

/**
 * Scores by part; a run that is not done has none.
 * @throws UserError for what is no score, or a confusion matrix of other classes than the labels
 */
export function readResults({ metrics, labels = [] }: StoredDocument, folder: string): Record<string, StoredResult> {
  const square = v.check(
    ({ confusion }: StoredResult) =>
      confusion === undefined || [confusion, ...confusion].every(({ length }) => length === labels.length),
    "expected a row and a column of the confusion matrix for each label",
  );
  const schema = v.record(v.string(), v.pipe(storedResult, square));
  return checked(schema, metrics, (problems) => `${folder} has scores that cannot be read: ${problems}`);
}
