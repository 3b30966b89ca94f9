/** @file The scores of a network on a part of the corpus, with the scores of the baselines. */
import { type ArrangeOptions, evaluationExamples } from "../examples/arrange.js";
import type { Examples } from "../examples/batch.js";
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
import { type Score, score } from "./score.js";

/** loss: nats of a target, or mean squared error; perplexity of a generator; accuracy, confusion and calibration of labels; errors of numbers. */
export type Result = Partial<RegressionErrors> & {
  part: Part;
  /** The number of targets: tokens, words or documents. */
  targets: number;
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

/** @returns null for an empty part */
export function resultOf(network: Network, prepared: Prepared, part: Part, options: ArrangeOptions): Result | null {
  const examples = evaluationExamples(prepared, part, options);
  if (!examples) return null;
  const found = score(network, examples);
  const { loss, targets } = found;
  return {
    part,
    targets,
    loss,
    ...metricsOf(found, prepared),
    ...(prepared.task === "tagger" && unseenAccuracy(found, examples)),
    baselines: baselinesOf(prepared, part, { longest: options.maxLength }),
  };
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
