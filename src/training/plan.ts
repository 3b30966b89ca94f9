/** @file How long a run is and how often it is evaluated: whole numbers of steps, fixed before the first and kept in the checkpoint. */

export type Plan = {
  /** Steps in all; a multiple of `evaluateEvery`. */
  steps: number;
  evaluateEvery: number;
};

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
