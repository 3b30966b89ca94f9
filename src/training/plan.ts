/** @file The length of a run and its evaluations, in training steps and batches; both are stored in the checkpoint. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import type { StoredDocument } from "../checkpoint/checkpoint.js";

export type Plan = {
  /** All training steps; there is an evaluation after the last one. */
  steps: number;
  evaluateEvery: number;
  /** The evaluations during training read a sample of this number of batches of the validation part; default: the whole part. */
  validationBatches?: number;
};

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const countFromOne = v.pipe(count, v.minValue(1));
export const planSchema = v.strictObject({
  steps: count,
  evaluateEvery: countFromOne,
  validationBatches: v.exactOptional(countFromOne),
});

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
/** A single evaluation of the whole validation part takes at most this fraction of the time; a sample takes half of it. */
const wholeFraction = 0.02;
const sampleFraction = 0.01;
/** Training steps take at least this fraction, even if a single evaluation takes longer than the whole time. */
const leastStepping = 0.5;

/** Measured seconds of one training step and of one evaluation. */
export type StepCost = { step: number; evaluation: number };

/** Measured seconds of a training step, of a batch of the validation part, and of the text that an evaluation generates. */
export type MeasuredCost = { step: number; batch: number; batches: number; text: number };

/** The batches of an evaluation; undefined for the whole validation part, where it takes little of the time. @param seconds of the whole run */
export function validationBatchesIn(seconds: number, { batch, batches }: MeasuredCost): number | undefined {
  if (batch * batches <= wholeFraction * seconds) return undefined;
  const sample = Math.max(1, Math.floor((sampleFraction * seconds) / batch));
  return sample < batches ? sample : undefined;
}

/** @param validationBatches of the sample; default: the whole validation part */
export const evaluationCost = (
  { step, batch, batches, text }: MeasuredCost,
  validationBatches = batches,
): StepCost => ({
  step,
  evaluation: batch * validationBatches + text,
});

/**
 * The largest number of steps that fits into a time.
 * @param seconds of all steps and evaluations
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
export const lengthen = (plan: Plan, steps: number): Plan => ({
  ...plan,
  steps: Math.ceil(steps / plan.evaluateEvery) * plan.evaluateEvery,
});
