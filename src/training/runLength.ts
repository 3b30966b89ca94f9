/** @file The length of a run: from --epochs, or from --for and the measured time of a training step. */
import { agreeing, quantity } from "../common/quantity.js";
import { UsageError } from "../common/errors.js";
import type { Recipe } from "../options/recipe.js";
import type { Assembly } from "./assembly.js";
import { evaluationCost, type MeasuredCost, type Plan, planEpochs, planTime, validationBatchesIn } from "./plan.js";
import { leastTraining, Pace, scoringCost, TimeBudget } from "./timeBudget.js";

export const defaultEpochs = 10;

/** @throws UsageError if both options are given */
export function refuseTwoLengths({ epochs, for: seconds }: Partial<Recipe>): void {
  if (epochs === undefined || seconds === undefined) return;
  throw new UsageError("--epochs and --for both set the length of the training; remove one of them");
}

export type Length = {
  plan: Plan;
  /** Of a run with --for. */
  budget?: TimeBudget;
  /** Keeps the number of steps in the budget. */
  pace?: Pace;
};

/**
 * @param started when the time of the run began, in milliseconds of `performance.now`
 * @param earlier the plan of a run that is lengthened
 */
export function planLength(assembly: Assembly, started: number, earlier?: Plan): Length {
  const { for: seconds } = assembly.recipe;
  if (seconds === undefined) return lengthInEpochs(assembly);
  return lengthInTime(seconds, started, assembly, measuredCost(assembly, Math.min(3, seconds / 20)), earlier);
}

export const lengthInEpochs = ({ recipe, training }: Assembly): Length => ({
  plan: planEpochs(recipe.epochs ?? defaultEpochs, training.batchesPerEpoch),
});

/**
 * The length that fits into the time: reading, training with its evaluations, and the scores at the end.
 * @param seconds of --for
 * @param started when it began, in milliseconds of `performance.now`
 * @param earlier the plan of a run that is lengthened; its evaluations read the same sample, so that their figures compare
 */
export function lengthInTime(
  seconds: number,
  started: number,
  assembly: Assembly,
  measured: MeasuredCost,
  earlier?: Plan,
): Length {
  const { trainer } = assembly;
  const scoring = scoringCost(assembly, measured, seconds);
  const validationBatches = earlier ? earlier.validationBatches : validationBatchesIn(seconds, measured);
  const cost = evaluationCost(measured, validationBatches);
  const budget = new TimeBudget(seconds, started, scoring);
  const { steps, evaluateEvery } = planTime((budget.trainingUntil - performance.now()) / 1000, cost);
  const most = earlier ? Infinity : mostSteps(assembly);
  return {
    plan: {
      steps: Math.min(trainer.steps + steps, most),
      evaluateEvery: most < Infinity ? Math.min(evaluateEvery, assembly.training.batchesPerEpoch) : evaluateEvery,
      ...(validationBatches !== undefined && { validationBatches }),
    },
    budget,
    pace: new Pace({ from: trainer.steps, most }, budget.trainingUntil, cost.evaluation),
  };
}

/** A classifier of texts ends before its time after the passes that it needs, rounded to whole evaluations. */
const mostSteps = ({ recipe, chosen, training }: Assembly): number =>
  recipe.model === "auto" && chosen ? chosen.epochs * training.batchesPerEpoch : Infinity;

/** @param seconds that the measurement takes */
export const measuredCost = ({ trainer }: Assembly, seconds: number): MeasuredCost => ({
  step: trainer.measure(0.8 * seconds),
  ...trainer.measureEvaluation(0.2 * seconds),
});

/** Fewer steps teach a network little. */
const fewSteps = 100;

/** What looks wrong in the length of a new run. @param reading seconds before the first step */
export function lengthWarnings({ for: seconds, epochs }: Recipe, { steps }: Plan, reading: number): string[] {
  const few = `only ${quantity(steps, "training steps")}`;
  if (seconds === undefined) {
    return steps < fewSteps
      ? [
          `${few}, which ${agreeing(steps, "teaches", "teach")} a network little; give more --epochs (now ${epochs ?? defaultEpochs}), or a smaller --batch-size`,
        ]
      : [];
  }
  return [
    ...(reading > seconds / 2
      ? [
          `reading the corpus took ${reading.toFixed(0)} s of --for ${seconds}s; ${
            reading > (1 - leastTraining) * seconds
              ? `it is read to its end and the network trains for at least ${(leastTraining * seconds).toFixed(0)} s, so that the run takes longer than --for; `
              : ""
          }give a longer --for, or a smaller corpus`,
        ]
      : []),
    ...(steps < fewSteps
      ? [
          `${few} ${agreeing(steps, "fits", "fit")} into --for ${seconds}s; give a longer --for, or smaller --units or --batch-size`,
        ]
      : []),
  ];
}
