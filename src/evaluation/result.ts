/** @file What a network is worth on a part of the examples: its scores, beside what methods without a network get on the same. */
import { type ArrangeOptions, evaluationExamples } from "../examples/arrange.js";
import type { Examples } from "../examples/batch.js";
import type { Prepared } from "../examples/prepare.js";
import { unscaled } from "../examples/scaling.js";
import type { Part } from "../examples/split.js";
import type { Network } from "../network/network.js";
import { unknownId } from "../tokenizers/specialTokens.js";
import { type Baseline, baselinesOf } from "../baselines/index.js";
import { type Calibration, calibrationOf } from "./calibration.js";
import { type ConfusionMatrix, confusionMatrix, type Errors, errorsOf, perplexity } from "./metrics.js";
import { type Score, score } from "./score.js";

/** loss in nats a target, or a mean squared error; perplexity for texts; accuracy, confusion and calibration for labels; errors for numbers. */
export type Result = Partial<Errors> & {
  part: Part;
  /** Tokens or documents that were asked for. */
  targets: number;
  loss: number;
  perplexity?: number;
  accuracy?: number;
  confusion?: ConfusionMatrix;
  calibration?: Calibration;
  /** Of a tagger: its accuracy on words that are not in its vocabulary, and how many there are. */
  unseen?: number;
  unseenTargets?: number;
  baselines: Baseline[];
};

/** @returns null where the part is empty */
export function resultOf(network: Network, prepared: Prepared, part: Part, options: ArrangeOptions): Result | null {
  const examples = evaluationExamples(prepared, part, options);
  if (!examples) return null;
  const found = score(network, examples);
  const { loss, targets } = found;
  return {
    part,
    targets,
    loss,
    ...readings(found, prepared),
    ...(prepared.task === "tagger" && unseenWords(found, examples)),
    baselines: baselinesOf(prepared, part, { longest: options.maxLength }),
  };
}

/** The examples are gone through once more, in the same order as when they were scored. */
function unseenWords({ truth = [], predicted = [] }: Score, examples: Examples) {
  let at = 0;
  let hits = 0;
  let unseenTargets = 0;
  for (let index = 0; index < examples.batchesPerEpoch; index++) {
    const batch = examples.batch(0, index);
    for (const [place, target] of batch.targets.entries()) {
      if (target < 0) continue;
      if ("tokens" in batch && batch.tokens[place] === unknownId) {
        unseenTargets++;
        hits += Number(truth[at] === predicted[at]);
      }
      at++;
    }
  }
  return { unseenTargets, ...(unseenTargets > 0 && { unseen: hits / unseenTargets }) };
}

function readings({ loss, accuracy, truth = [], predicted = [], confidence = [] }: Score, prepared: Prepared) {
  if (prepared.task === "regressor") {
    const numbers = (values: number[]): number[] => values.map((value) => unscaled(value, prepared.target));
    return errorsOf(numbers(truth), numbers(predicted));
  }
  if (accuracy === undefined) return { perplexity: perplexity(loss) };
  const pairs = truth.map((label, index) => [label, predicted[index]!] as const);
  const answers = pairs.map(([label, said], index) => ({ confidence: confidence[index]!, right: label === said }));
  return { accuracy, confusion: confusionMatrix(pairs, prepared.labels.length), calibration: calibrationOf(answers) };
}
