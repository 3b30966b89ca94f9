/** @file Made-up measurements for the benchmark's tests. */
import type { Result } from "../../bench/measure.mjs";

/** Each contender always as fast; a row of arithmetic that is far from its roofline. */
export const measured = (speeds: Record<string, number>, others: Partial<Result> = {}): Result => ({
  speeds: Object.fromEntries(
    Object.entries(speeds).map(([name, speed]) => [name, { median: speed, least: speed, most: speed }]),
  ),
  absent: {},
  versions: {},
  peak: 100,
  bandwidth: null,
  peakShare: 0.5,
  roofline: { share: 0.5, by: "arithmetic" },
  busy: 0,
  ...others,
});
