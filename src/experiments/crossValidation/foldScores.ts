/** @file The scores of a cross-validation: mean and standard deviation over the folds, and the scores of all documents together. */
import type { Task } from "../../common/names.js";
import { type Interval, proportionInterval } from "../../evaluation/intervals.js";
import { type ConfusionMatrix, emptyConfusion } from "../../evaluation/metrics.js";
import { type Statistics, statisticsOf } from "../comparison/comparisonSummary.js";
import type { FoldRun } from "./crossValidate.js";

/** The scores that are averaged. The loss of a regressor is of numbers that each fold scales by its own training part, so it is not among them. */
const measures = ["accuracy", "f1Micro", "f1Macro", "meanAbsoluteError", "rootMeanSquaredError", "r2", "loss"] as const;
export type FoldMeasure = (typeof measures)[number];

/** The scores of the trained networks, or of a baseline. */
export type FoldScores = {
  name: string;
  /** Mean and sample standard deviation over the folds. */
  scores: Partial<Record<FoldMeasure, Statistics>>;
  /** The fraction of all documents (of sets of labels: whole sets), or words of a tagger, that are right in the fold that tests them. */
  pooledAccuracy?: number;
};

export type CrossValidation = {
  task: Task;
  labels: readonly string[];
  /** The folds that are complete. */
  folds: number;
  /** Documents, or words of a tagger, in all their test parts. */
  targets: number;
  /** The networks first, then the baselines. */
  models: FoldScores[];
  /** 95 % confidence interval of the networks' pooled accuracy (Wilson). */
  accuracyInterval?: Interval;
  /** The sum over the folds. */
  confusion?: ConfusionMatrix;
};

type Scored = Partial<Record<FoldMeasure, number>>;

/** @param runs at least one */
export function crossValidationOf(runs: readonly FoldRun[]): CrossValidation {
  const { task, labels, result } = runs[0]!;
  const targets = runs.reduce((sum, run) => sum + run.result.targets, 0);
  const network = scoresOf(result.name ?? "network", runs, ({ result: one }) => one);
  const baselines = result.baselines.map(({ name }) =>
    scoresOf(name, runs, ({ result: one }) => one.baselines.find((baseline) => baseline.name === name)),
  );
  const { pooledAccuracy } = network;
  return {
    task,
    labels,
    folds: runs.length,
    targets,
    models: [network, ...baselines],
    ...(pooledAccuracy !== undefined && {
      accuracyInterval: proportionInterval(Math.round(pooledAccuracy * targets), targets),
    }),
    ...(result.confusion && { confusion: summed(runs) }),
  };
}

function summed(runs: readonly FoldRun[]): ConfusionMatrix {
  const sum = emptyConfusion(runs[0]!.labels.length);
  for (const { result } of runs) {
    for (const [actual, row] of (result.confusion ?? []).entries())
      for (const [predicted, count] of row.entries()) sum[actual]![predicted]! += count;
  }
  return sum;
}

/** @param of the scores of a model in a fold */
function scoresOf(name: string, runs: readonly FoldRun[], of: (run: FoldRun) => Scored | undefined): FoldScores {
  const scores: FoldScores["scores"] = {};
  for (const measure of measures) {
    if (measure === "loss" && runs[0]!.task === "regressor") continue;
    const values = runs.map((run) => of(run)?.[measure]).filter((value) => value !== undefined);
    if (values.length === runs.length) scores[measure] = statisticsOf(values);
  }
  return { name, scores, ...(scores.accuracy && { pooledAccuracy: pooled(runs, (run) => of(run)!.accuracy!) }) };
}

/** The mean over the targets of all folds. */
function pooled(runs: readonly FoldRun[], accuracy: (run: FoldRun) => number): number {
  const sizes = runs.map(({ result }) => result.targets);
  const right = runs.reduce((sum, run, index) => sum + accuracy(run) * sizes[index]!, 0);
  return right / sizes.reduce((sum, size) => sum + size, 0);
}
