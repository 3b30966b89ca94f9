/** @file The scores of a network on a part of the corpus, with the scores of the baselines. */
import { type ArrangeOptions, evaluationExamples } from "../examples/arrange.js";
import type { Examples } from "../examples/batch.js";
import { firstBatches, inSampleOrder } from "../examples/sampledExamples.js";
import type { Prepared } from "../examples/prepare.js";
import { unscaled } from "../examples/scaling.js";
import type { Part } from "../examples/split.js";
import type { Network } from "../network/network.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import { type Baseline, baselinesOf } from "../baselines/index.js";
import { type Calibration, calibrationOf } from "./calibration.js";
import {
  type ConfusionMatrix,
  confusionMatrix,
  perplexity,
  type RegressionErrors,
  regressionErrors,
} from "./metrics.js";
import { type Score, score, secondsOfBatch } from "./score.js";

/** loss: nats of a target, or mean squared error; perplexity of a generator; accuracy, confusion and calibration of labels; errors of numbers. */
export type Result = Partial<RegressionErrors> & {
  part: Part;
  /** The number of targets that were scored: tokens, words or documents. */
  targets: number;
  /** The targets of the whole part, if a sample of them was scored because of the time. */
  sampledFrom?: number;
  loss: number;
  perplexity?: number;
  accuracy?: number;
  confusion?: ConfusionMatrix;
  calibration?: Calibration;
  /** Of a tagger: its accuracy on out-of-vocabulary words, and their number. */
  unseen?: number;
  unseenTargets?: number;
  baselines: Baseline[];
};

/** When the scores of the network and those of the baselines must be done, in milliseconds of `performance.now`. */
export type ScoringTimes = { network: number; baselines: number };

/**
 * @param times if there is not enough time for the whole part, a sample of it is scored
 * @returns null for an empty part
 */
export function resultOf(
  network: Network,
  prepared: Prepared,
  part: Part,
  options: ArrangeOptions,
  times?: ScoringTimes,
): Result | null {
  const examples = evaluationExamples(prepared, part, options);
  if (!examples) return null;
  const { found, read } = times
    ? scoreInTime(network, examples, options.seed, times.network)
    : { found: score(network, examples), read: examples };
  const { loss, targets } = found;
  return {
    part,
    targets,
    ...(read.batchesPerEpoch < examples.batchesPerEpoch && { sampledFrom: examples.targetsPerEpoch }),
    loss,
    ...metricsOf(found, prepared),
    ...(prepared.task === "tagger" && unseenAccuracy(found, read)),
    baselines: baselinesOf(prepared, part, { longest: options.maxLength, until: times?.baselines }),
  };
}

const measuredFraction = 0.05;
/** The whole part is scored if it would take at most this fraction of the time. */
const safeFraction = 0.8;

/** Scores all examples if they fit into the time, else as many of a sample as do. @returns read: the examples that were scored */
function scoreInTime(network: Network, examples: Examples, seed: number, until: number) {
  const sample = inSampleOrder(examples, seed);
  const left = (until - performance.now()) / 1000;
  const whole = examples.batchesPerEpoch * secondsOfBatch(network, sample, measuredFraction * left);
  if (whole <= safeFraction * left) return { found: score(network, examples), read: examples };
  const found = score(network, sample, until);
  return { found, read: firstBatches(sample, found.batches) };
}

/** Reads the batches again, in the same order as the scores. */
function unseenAccuracy({ actual = [], predicted = [] }: Score, examples: Examples) {
  let at = 0;
  let hits = 0;
  let unseenTargets = 0;
  for (let index = 0; index < examples.batchesPerEpoch; index++) {
    const batch = examples.batch(0, index);
    for (const [position, target] of batch.targets.entries()) {
      if (target < 0) continue;
      if ("tokens" in batch && batch.tokens[position] === unknownId) {
        unseenTargets++;
        hits += Number(actual[at] === predicted[at]);
      }
      at++;
    }
  }
  return { unseenTargets, ...(unseenTargets > 0 && { unseen: hits / unseenTargets }) };
}

function metricsOf({ loss, accuracy, actual = [], predicted = [], confidence = [] }: Score, prepared: Prepared) {
  if (prepared.task === "regressor") {
    const numbers = (values: number[]): number[] => values.map((value) => unscaled(value, prepared.target));
    return regressionErrors(numbers(actual), numbers(predicted));
  }
  if (accuracy === undefined) return { perplexity: perplexity(loss) };
  const pairs = actual.map((label, index) => [label, predicted[index]!] as const);
  const predictions = pairs.map(([label, prediction], index) => ({
    confidence: confidence[index]!,
    right: label === prediction,
  }));
  return {
    accuracy,
    confusion: confusionMatrix(pairs, prepared.labels.length),
    calibration: calibrationOf(predictions),
  };
}
