/** @file Standardizes numbers: each column gets mean 0 and standard deviation 1, so that units do not matter. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import type { RowsShape } from "../corpus/document.js";

const scaleSchema = v.strictObject({
  name: v.optional(v.string()),
  mean: v.number(),
  deviation: v.pipe(v.number(), v.gtValue(0)),
});

/** The name, mean and standard deviation of a column. */
export type Scale = v.InferOutput<typeof scaleSchema>;

/** @throws UserError for data other than a list of scales */
export const readScales = (stored: unknown): Scale[] =>
  checked(v.array(scaleSchema), stored, (problems) => `damaged or edited: the scaling of its numbers: ${problems}`);

/**
 * The mean and the (population) standard deviation of each column; 1 for the standard deviation of a constant column.
 * @param values [rows, width]; NaN for a missing one. The mean of a column without numbers is NaN
 */
export function scalesOf(values: Numbers, { width, columns }: RowsShape): Scale[] {
  const known = new Float64Array(width); // numbers of each column
  eachValue(values, (value, index) => {
    if (!Number.isNaN(value)) known[index % width]!++;
  });
  const mean = known.map((count) => (count === 0 && values.length > 0 ? Number.NaN : 0));
  eachValue(values, (value, index) => {
    if (!Number.isNaN(value)) mean[index % width]! += value / known[index % width]!;
  });
  const variance = new Float64Array(width);
  eachValue(values, (value, index) => {
    const column = index % width;
    if (!Number.isNaN(value)) variance[column]! += (value - mean[column]!) ** 2 / known[column]!;
  });
  return Array.from(mean, (middle, column) => {
    const deviation = Math.sqrt(variance[column]!);
    const name = columns?.[column];
    return {
      ...(name !== undefined && { name }),
      mean: middle,
      deviation: deviation > minDeviation * Math.abs(middle) ? deviation : 1,
    };
  });
}

const readTogether = 1 << 16;

type Numbers = { readonly length: number; slice(start: number, end: number): ArrayLike<number> };

function eachValue(values: Numbers, visit: (value: number, index: number) => void): void {
  for (let first = 0; first < values.length; first += readTogether) {
    const read = values.slice(first, first + readTogether);
    for (let at = 0; at < read.length; at++) visit(read[at]!, first + at);
  }
}

/** As a fraction of the mean; a smaller standard deviation is rounding. */
const minDeviation = 1e-6;

/** Inputs are clipped to this number of standard deviations, because rare values of a nearly constant column would dominate all others. */
export const maxDeviations = 10;

export const scaled = (value: number, { mean, deviation }: Scale): number => (value - mean) / deviation;

/** The scaled value, clipped for the network; for a missing one, NaN, that of the mean. */
export const scaledInput = (value: number, scale: Scale): number =>
  Number.isNaN(value) ? 0 : Math.max(-maxDeviations, Math.min(maxDeviations, scaled(value, scale)));

export const unscaled = (value: number, { mean, deviation }: Scale): number => value * deviation + mean;
