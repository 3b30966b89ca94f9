/** @file Made-up measurements for the benchmark's tests. */
import type { Result } from "../../bench/measure.mjs";

/** A result without variation between repetitions, limited by arithmetic, at half of the roofline. */
export const measured = (speeds: Record<string, number>, others: Partial<Result> = {}): Result => ({
  speeds: Object.fromEntries(
    Object.entries(speeds).map(([name, speed]) => [name, { median: speed, min: speed, max: speed }]),
  ),
  absent: {},
  versions: {},
  peak: 100,
  bandwidth: null,
  peakFraction: 0.5,
  roofline: { fraction: 0.5, by: "arithmetic" },
  busy: 0,
  ...others,
});
