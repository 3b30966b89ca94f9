/** @file How long a run is and how often it is evaluated: whole numbers of steps, fixed before the first and kept in the checkpoint. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import type { StoredDocument } from "../checkpoint/checkpoint.js";

export type Plan = {
  /** Steps in all; a multiple of `evaluateEvery`. */
  steps: number;
  evaluateEvery: number;
};

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const planSchema = v.strictObject({ steps: count, evaluateEvery: v.pipe(count, v.minValue(1)) });

/** The plan that a checkpoint keeps. @throws UserError for what is none */
export const readPlan = ({ progress }: StoredDocument, folder: string): Plan =>
  checked(planSchema, progress["plan"], (problems) => `${folder} does not say how long its training is: ${problems}`);

/** An evaluation at the end of each epoch. */
export const planEpochs = (epochs: number, batchesPerEpoch: number): Plan => ({
  steps: epochs * batchesPerEpoch,
  evaluateEvery: batchesPerEpoch,
});

/** At most this share of the time goes into evaluations, and at most so many are made. */
const evaluationShare = 0.1;
const mostEvaluations = 20;

/**
 * As many steps as fit.
 * @param seconds the whole time
 * @param cost seconds of one step and of one evaluation, measured
 */
export function planTime(seconds: number, cost: { step: number; evaluation: number }): Plan {
  const evaluations = Math.min(mostEvaluations, Math.max(1, Math.floor((seconds * evaluationShare) / cost.evaluation)));
  const left = Math.max(0, seconds - evaluations * cost.evaluation);
  const evaluateEvery = Math.max(1, Math.floor(left / cost.step / evaluations));
  return { steps: evaluations * evaluateEvery, evaluateEvery };
}

/** A longer run that is evaluated at the same steps. */
export const lengthen = ({ evaluateEvery }: Plan, steps: number): Plan => ({
  steps: Math.ceil(steps / evaluateEvery) * evaluateEvery,
  evaluateEvery,
});
