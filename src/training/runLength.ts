/** @file The length of a run: from --epochs, or from --for and the measured time of a training step. */
import { agreeing, quantity } from "../common/quantity.js";
import { UsageError } from "../common/errors.js";
import { evaluationExamples } from "../examples/arrange.js";
import type { Recipe } from "../options/recipe.js";
import type { Assembly } from "./assembly.js";
import { type Plan, planEpochs, planTime, type StepCost } from "./plan.js";

const defaultEpochs = 10;

/** The time for reading is part of --for, but training has at least this fraction of it. */
const leastTraining = 0.25;

/** @throws UsageError if both options are given */
export function refuseTwoLengths({ epochs, for: seconds }: Partial<Recipe>): void {
  if (epochs === undefined || seconds === undefined) return;
  throw new UsageError("--epochs and --for both set the length of the training; remove one of them");
}

/** @param started when the run began to read its corpus, in milliseconds of `performance.now` */
export function planLength(assembly: Assembly, started: number): Plan {
  const { recipe } = assembly;
  if (recipe.for === undefined) return lengthInEpochs(assembly);
  const cost = measuredCost(assembly, Math.min(3, recipe.for / 20));
  return lengthInTime(recipe.for, (performance.now() - started) / 1000, cost);
}

export const lengthInEpochs = ({ recipe, training }: Assembly): Plan =>
  planEpochs(recipe.epochs ?? defaultEpochs, training.batchesPerEpoch);

/** @param seconds of --for @param passed seconds of it before the first step */
export const lengthInTime = (seconds: number, passed: number, cost: StepCost): Plan =>
  planTime(Math.max(seconds - passed, leastTraining * seconds), cost);

/** @param seconds that the measurement takes */
export function measuredCost({ trainer, prepared, arrange, training }: Assembly, seconds: number): StepCost {
  const step = trainer.measure(seconds);
  const validation = evaluationExamples(prepared, "validation", arrange);
  // An evaluation has no backward pass: a third of the work of a training step.
  const evaluation = validation
    ? ((step / 3) * validation.targetsPerEpoch * training.batchesPerEpoch) / training.targetsPerEpoch
    : 0;
  return { step, evaluation };
}

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
          `reading the corpus took ${reading.toFixed(0)} s of --for ${seconds}s; give a longer --for, or a smaller corpus`,
        ]
      : []),
    ...(steps < fewSteps
      ? [
          `${few} ${agreeing(steps, "fits", "fit")} into --for ${seconds}s; give a longer --for, or smaller --units or --batch-size`,
        ]
      : []),
  ];
}
