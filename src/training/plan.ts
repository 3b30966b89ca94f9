/** @file The length of a run and the interval of its evaluations, in training steps; both are fixed before the first step and stored in the checkpoint. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import type { StoredDocument } from "../checkpoint/checkpoint.js";

export type Plan = {
  /** All training steps; a multiple of `evaluateEvery`. */
  steps: number;
  evaluateEvery: number;
};

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const planSchema = v.strictObject({ steps: count, evaluateEvery: v.pipe(count, v.minValue(1)) });

/** The plan of a checkpoint. @throws UserError for other data */
export const readPlan = ({ progress }: StoredDocument): Plan =>
  checked(planSchema, progress["plan"], (problems) => `its plan is damaged or was edited: ${problems}`);

/** An evaluation at the end of each epoch. */
export const planEpochs = (epochs: number, batchesPerEpoch: number): Plan => ({
  steps: epochs * batchesPerEpoch,
  evaluateEvery: batchesPerEpoch,
});

/** Evaluations take at most this fraction of the time, and there are at most this many. */
const evaluationFraction = 0.1;
const maxEvaluations = 20;
/** Training steps take at least this fraction, even if a single evaluation takes longer than the whole time. */
const leastStepping = 0.5;

/** Measured seconds of one training step and of one evaluation. */
export type StepCost = { step: number; evaluation: number };

/**
 * The largest number of steps that fits into a time.
 * @param seconds of the whole run
 */
export function planTime(seconds: number, cost: StepCost): Plan {
  const evaluations = Math.min(
    maxEvaluations,
    Math.max(1, Math.floor((seconds * evaluationFraction) / cost.evaluation)),
  );
  const left = Math.max(leastStepping * seconds, seconds - evaluations * cost.evaluation);
  const evaluateEvery = Math.max(1, Math.floor(left / cost.step / evaluations));
  return { steps: evaluations * evaluateEvery, evaluateEvery };
}

/** A longer run with evaluations at the same steps. */
export const lengthen = ({ evaluateEvery }: Plan, steps: number): Plan => ({
  steps: Math.ceil(steps / evaluateEvery) * evaluateEvery,
  evaluateEvery,
});
