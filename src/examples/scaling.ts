/** @file Numbers brought to a mean of 0 and a deviation of 1, so that no column outweighs another by its unit. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import type { RowsShape } from "../corpus/document.js";

const scaleSchema = v.strictObject({
  name: v.optional(v.string()),
  mean: v.number(),
  deviation: v.pipe(v.number(), v.gtValue(0)),
});

/** What becomes 0, and how far from it what becomes 1; `name` is the column's. */
export type Scale = v.InferOutput<typeof scaleSchema>;

/** @param place for the message @throws UserError for what is no list of scales */
export const readScales = (stored: unknown, place: string): Scale[] =>
  checked(v.array(scaleSchema), stored, (problems) => `${place} does not say how its numbers are scaled: ${problems}`);

/**
 * Of each column: its mean, and the square root of its mean squared distance from it, or 1 where the column is constant.
 * @param values [rows, width]
 */
export function scalesOf(values: ArrayLike<number>, { width, columns }: RowsShape): Scale[] {
  const rows = Math.max(1, values.length / width);
  const mean = new Float64Array(width);
  for (let place = 0; place < values.length; place++) mean[place % width]! += values[place]! / rows;
  const variance = new Float64Array(width);
  for (let place = 0; place < values.length; place++) {
    variance[place % width]! += (values[place]! - mean[place % width]!) ** 2 / rows;
  }
  return Array.from(mean, (middle, column) => {
    const deviation = Math.sqrt(variance[column]!);
    const name = columns?.[column];
    return {
      ...(name !== undefined && { name }),
      mean: middle,
      deviation: deviation > leastDeviation * Math.abs(middle) ? deviation : 1,
    };
  });
}

/** As a share of the mean: below it there is nothing but rounding. */
const leastDeviation = 1e-6;

/** What is farther away counts as so far: a column that is nearly always the same would drown all others where it is not. */
export const mostDeviations = 10;

export const scaled = (value: number, { mean, deviation }: Scale): number => (value - mean) / deviation;

/** The same within the bounds of what a network reads. */
export const scaledInput = (value: number, scale: Scale): number =>
  Math.max(-mostDeviations, Math.min(mostDeviations, scaled(value, scale)));

export const unscaled = (value: number, { mean, deviation }: Scale): number => value * deviation + mean;
