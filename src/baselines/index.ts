/** @file Baselines: models without a network, scored on the same examples. */
import type { Task } from "../common/names.js";
import type { Prepared } from "../examples/prepare.js";
import type { Part } from "../examples/split.js";
import { passedOverBy } from "./bagFeatures.js";
import { labeledIds } from "./fitBag.js";
import { labelBaselines, majorityAccuracy } from "./labelBaselines.js";
import { frequentSetScores } from "./labelSetBaseline.js";
import type { RegressionErrors } from "../common/lossMetrics.js";
import { ngramBaseline } from "./ngramModel.js";
import { type Sampled, sampleOfPasses } from "./timedPass.js";
import { tagBaselines } from "./tagBaselines.js";
import { tokenizerDefinition } from "../tokenizers/index.js";
import { linearAccuracy, numberBaselines } from "./numberBaselines.js";

export type Baseline = Partial<RegressionErrors> &
  Sampled & {
    name: string;
    loss?: number;
    perplexity?: number;
    bitsPerByte?: number;
    accuracy?: number;
    f1Micro?: number;
    f1Macro?: number;
    unseen?: number;
  };

/** The name of a bag of n-grams in tables of scores. */
export const bagName = "bag of n-grams";

/**
 * @property until when the time is over, in milliseconds of `performance.now`: only as much is read as fits. Default: all is read
 * @property besideBag whether the model is a bag of n-grams itself
 */
type BaselineOptions = { longest: number; until?: number | undefined; besideBag?: boolean };

/** Trains the baselines of a task on the training part and scores them on another part. */
type ScoreBaselines<Kind extends Task> = (
  prepared: Extract<Prepared, { task: Kind }>,
  part: Part,
  options: BaselineOptions,
) => Baseline[];

const baselines: { [Kind in Task]: ScoreBaselines<Kind> } = {
  generator: (prepared, part, { until }) => {
    if (prepared.inputs !== "tokens") return [];
    const { tokenizer, texts } = prepared;
    const { training, [part]: heldOut } = texts;
    const { ngramOrder: order } = tokenizerDefinition(tokenizer.kind);
    const vocabulary = tokenizer.vocabulary.length;
    const { loss, perplexity, trainedOn, measuredOn } = ngramBaseline(training, heldOut, { vocabulary, order, until });
    const sample = sampleOfPasses(
      "tokens",
      { count: trainedOn, of: training.length },
      { count: measuredOn, of: heldOut.length },
    );
    return [{ name: `${order}-gram model`, loss, perplexity, ...sample }];
  },
  classifier: (prepared, part, { longest, until, besideBag = false }) => {
    const classes = prepared.labels.length;
    if (prepared.multilabel) {
      const { labelCounts: _counts, ...scores } = frequentSetScores(prepared.documents, part, classes);
      return [{ name: "most frequent set", ...scores }];
    }
    const { training, [part]: heldOut } = prepared.documents;
    if (besideBag)
      return [{ name: "majority class", accuracy: majorityAccuracy(training.labels, heldOut.labels, classes) }];
    if (prepared.inputs === "tokens") {
      const passedOver = passedOverBy(prepared.tokenizer);
      const { majority, bag, ...sampled } = labelBaselines(
        labeledIds(training, longest),
        labeledIds(heldOut, longest),
        { classes, passedOver, until },
      );
      return [
        { name: "majority class", ...majority, ...sampled },
        { name: bagName, ...bag, ...sampled },
      ];
    }
    return [
      { name: "majority class", accuracy: majorityAccuracy(training.labels, heldOut.labels, classes) },
      { name: "linear model", ...linearAccuracy(training, heldOut, classes, { vocabulary: 0, longest, until }) },
    ];
  },
  tagger: ({ documents, labels }, part, { until }) => {
    const { majority, byWord, ...sampled } = tagBaselines(documents.training, documents[part], labels.length, until);
    return [
      { name: "majority tag", ...majority, ...sampled },
      { name: "most frequent tag per word", ...byWord, ...sampled },
    ];
  },
  regressor: (prepared, part, { longest, until }) => {
    const { training, [part]: heldOut } = prepared.documents;
    const vocabulary = prepared.inputs === "tokens" ? prepared.tokenizer.vocabulary.length : 0;
    const { mean, linear } = numberBaselines(training, heldOut, prepared.target, { vocabulary, longest, until });
    return [
      { name: "training mean", ...mean },
      { name: "linear model", ...linear },
    ];
  },
};

/** The scores on a part; none without a training part. */
export function baselinesOf<Kind extends Task>(
  prepared: Extract<Prepared, { task: Kind }>,
  part: Part,
  options: BaselineOptions,
): Baseline[] {
  if (prepared.counts.training.documents === 0) return [];
  const scoreBaselines: ScoreBaselines<Kind> = baselines[prepared.task];
  return scoreBaselines(prepared, part, options);
}
