/** @file The choice of --precision auto: training steps of the run's own network, measured in each precision that the processor has. */
import type { PrecisionName } from "../common/names.js";
import { type Backend, precisionsOf, selectBackend } from "../engine/backends/index.js";
import type { Trainer } from "./trainer.js";

/** What was measured: seconds of a training step. */
export type PrecisionSteps = Partial<Record<PrecisionName, number>>;

export type MeasuredPrecision = { precision: PrecisionName; backend: Backend; steps: PrecisionSteps };

/** A precision other than fp32 is chosen if it is faster by this factor, which is more than what measurements differ by. */
const worthwhileFactor = 1.1;
/** Measured in turns, because the speed of a machine varies; the fastest turn counts. */
const turns = 3;

/**
 * Measures training steps that change nothing, and selects the fastest precision of the backend in use.
 * @param seconds for each precision; each measurement takes two steps at least, and slow steps are measured in one turn
 */
export async function selectFastestPrecision(
  trainer: Pick<Trainer, "measure">,
  { name }: Backend,
  seconds = 0.6,
): Promise<MeasuredPrecision> {
  const names = precisionsOf(name);
  const steps: PrecisionSteps = {};
  for (let turn = 0; turn < turns && names.length > 1; turn++) {
    for (const precision of names) {
      await selectBackend(name, precision);
      steps[precision] = Math.min(steps[precision] ?? Infinity, trainer.measure(seconds / turns));
    }
    if (Math.max(...Object.values(steps)) > seconds) break;
  }
  const precision = fastest(steps);
  return { precision, backend: await selectBackend(name, precision), steps };
}

function fastest(steps: PrecisionSteps): PrecisionName {
  const { fp32 = Infinity, bf16 = Infinity } = steps;
  return bf16 * worthwhileFactor < fp32 ? "bf16" : "fp32";
}
