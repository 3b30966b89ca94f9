/** @file Baselines: models without a network, scored on the same examples. */
import type { Task } from "../common/names.js";
import type { Prepared } from "../examples/prepare.js";
import type { Part } from "../examples/split.js";
import type { TokenDocuments } from "../examples/tokenDocuments.js";
import { labelBaselines, type LabeledIds, majorityAccuracy } from "./labelBaselines.js";
import type { RegressionErrors } from "../common/lossMetrics.js";
import { ngramBaseline } from "./ngramModel.js";
import { tagBaselines } from "./tagBaselines.js";
import { tokenizerDefinition } from "../tokenizers/index.js";
import { type Documents, linearAccuracy, numberBaselines } from "./numberBaselines.js";

export type Baseline = Partial<RegressionErrors> & {
  name: string;
  loss?: number;
  perplexity?: number;
  accuracy?: number;
  unseen?: number;
};

/** Trains the baselines of a task on the training part and scores them on another part. */
type ScoreBaselines<Kind extends Task> = (
  prepared: Extract<Prepared, { task: Kind }>,
  part: Part,
  options: { longest: number },
) => Baseline[];

const baselines: { [Kind in Task]: ScoreBaselines<Kind> } = {
  generator: (prepared, part) => {
    if (prepared.inputs !== "tokens") return [];
    const { tokenizer, texts } = prepared;
    const { training, [part]: heldOut } = texts;
    const { ngramOrder: order } = tokenizerDefinition(tokenizer.kind);
    const vocabulary = tokenizer.vocabulary.length;
    const { loss, perplexity } = ngramBaseline(training, heldOut, { vocabulary, order });
    return [{ name: `${order}-gram model`, loss, perplexity }];
  },
  classifier: (prepared, part, { longest }) => {
    const { training, [part]: heldOut } = prepared.documents;
    const classes = prepared.labels.length;
    if (prepared.inputs === "tokens") {
      const sizes = { vocabulary: prepared.tokenizer.vocabulary.length, classes };
      const found = labelBaselines(labeled(training, longest), labeled(heldOut, longest), sizes);
      return [
        { name: "majority class", ...found.majority },
        { name: "naive Bayes", ...found.naiveBayes },
      ];
    }
    return [
      { name: "majority class", accuracy: majorityAccuracy(training.labels, heldOut.labels, classes) },
      { name: "linear model", accuracy: linearAccuracy(training, heldOut, classes, { vocabulary: 0, longest }) },
    ];
  },
  tagger: ({ documents, labels }, part) => {
    const { majority, byWord } = tagBaselines(documents.training, documents[part], labels.length);
    return [
      { name: "majority tag", ...majority },
      { name: "most frequent tag per word", ...byWord },
    ];
  },
  regressor: (prepared, part, { longest }) => {
    const { training, [part]: heldOut } = prepared.documents;
    const vocabulary = prepared.inputs === "tokens" ? prepared.tokenizer.vocabulary.length : 0;
    const { mean, linear } = numberBaselines(training, heldOut, prepared.target, { vocabulary, longest });
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
  options: { longest: number },
): Baseline[] {
  if (prepared.counts.training.documents === 0) return [];
  const scoreBaselines: ScoreBaselines<Kind> = baselines[prepared.task];
  return scoreBaselines(prepared, part, options);
}

function* labeled(documents: Documents, longest: number): Generator<LabeledIds> {
  const inputs = documents.inputs as TokenDocuments;
  for (let index = 0; index < documents.count; index++)
    yield { ids: inputs.document(index, longest), label: documents.labels.at(index) };
}
