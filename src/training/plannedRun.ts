/** @file A run that is planned and not begun: its description, its length, and estimates of its time and memory. Nothing is written. */
import { memoryUsage } from "node:process";
import { ngramBytes } from "../baselines/ngramModel.js";
import { UsageError } from "../common/errors.js";
import type { CorpusPath } from "../corpus/sources/corpusPath.js";
import { optimizers } from "../engine/ops/optimizers.js";
import type { Given } from "./assembly.js";
import { isFitted } from "./fittedRun.js";
import { newAssembly } from "./newAssembly.js";
import { evaluationCost, type Plan } from "./plan.js";
import { describeRun, type RunDescription } from "./runDescription.js";
import type { ValidationSample } from "./trainer.js";
import { lengthInEpochs, lengthInTime, lengthWarnings, measuredCost, refuseTwoLengths } from "./runLength.js";

/** What a run would do. Times are in seconds, and are those of this machine as busy as it is now. */
export type RunPlan = RunDescription & {
  plan: Plan;
  /** If the evaluations during training would read only a sample of the validation part. */
  validationSample: ValidationSample | null;
  /** Measured: reading the corpus and making the network. */
  readingSeconds: number;
  /** Measured over a few steps. */
  stepSeconds: number;
  /** Estimated: all training steps and evaluations, without the reading before them and the scores at the end. */
  trainingSeconds: number;
  /** Estimated: the most memory of the process, in bytes. */
  memory: number;
};

/** Seconds of training steps that are measured. */
const measuredSeconds = 1;
const bytesPerNumber = 4;

/**
 * Reads the corpus, makes the network and measures a few steps that change nothing.
 * @param corpus its path or paths, or - for standard input
 * @throws UserError and UsageError as a run does
 */
export async function planRun(corpus: CorpusPath, options: Given): Promise<RunPlan> {
  const started = performance.now();
  refuseTwoLengths(options.given);
  if (isFitted(options.given.model))
    throw new UsageError(
      `--dry-run has no effect with --model ${options.given.model}, which is fitted in one pass; remove one of them`,
    );
  const assembly = await newAssembly(corpus, options);
  try {
    const readingSeconds = (performance.now() - started) / 1000;
    const { recipe, network } = assembly;
    const measured = measuredCost(assembly, Math.min(measuredSeconds, (recipe.for ?? Infinity) / 20));
    const { plan } =
      recipe.for === undefined ? lengthInEpochs(assembly) : lengthInTime(recipe.for, started, assembly, measured);
    const cost = evaluationCost(measured, plan.validationBatches);
    const description = describeRun(assembly);
    return {
      ...description,
      warnings: [...description.warnings, ...lengthWarnings(recipe, plan, readingSeconds)],
      plan,
      validationSample: assembly.trainer.validationSample(plan),
      readingSeconds,
      stepSeconds: cost.step,
      trainingSeconds: plan.steps * cost.step + (plan.steps / plan.evaluateEvery) * cost.evaluation,
      memory:
        memoryUsage.rss() +
        copiesInSave(recipe.optimizer) * network.parameters * bytesPerNumber +
        (description.task === "generator" ? ngramBytes(description.counts.training.tokens) : 0),
    };
  } finally {
    assembly.dispose();
  }
}

/** The copies of the weights that a save makes beside those of the training: the best ones, and the current ones with the optimizer's slots, as numbers and as a file. */
const copiesInSave = (optimizer: keyof typeof optimizers): number => 2 * (2 + optimizers[optimizer].slots.length);
