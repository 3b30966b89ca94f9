/** @file What needs no network, on the same examples: so that people see what the network adds. */
import type { Task } from "../common/names.js";
import type { Prepared } from "../examples/prepare.js";
import type { Part } from "../examples/split.js";
import type { TokenDocuments } from "../examples/tokenDocuments.js";
import { labelBaselines, type LabelledIds, majorityAccuracy } from "./labelBaselines.js";
import type { Errors } from "../common/measures.js";
import { ngramBaseline } from "./ngramModel.js";
import { tagBaselines } from "./tagBaselines.js";
import { tokenizerDefinition } from "../tokenizers/index.js";
import { type Documents, linearAccuracy, numberBaselines } from "./numberBaselines.js";

export type Baseline = Partial<Errors> & {
  name: string;
  loss?: number;
  perplexity?: number;
  accuracy?: number;
  unseen?: number;
};

/** What a task's baselines are learned from and tried on. */
type Judge<Kind extends Task> = (
  prepared: Extract<Prepared, { task: Kind }>,
  part: Part,
  options: { longest: number },
) => Baseline[];

const judges: { [Kind in Task]: Judge<Kind> } = {
  generator: (prepared, part) => {
    if (prepared.inputs !== "tokens") return [];
    const { tokenizer, texts } = prepared;
    const { training, [part]: heldOut } = texts;
    const { ngramOrder: order } = tokenizerDefinition(tokenizer.kind);
    const vocabulary = tokenizer.vocabulary.length;
    const { loss, perplexity } = ngramBaseline(training.subarray(), heldOut.subarray(), { vocabulary, order });
    return [{ name: `${order}-gram model`, loss, perplexity }];
  },
  classifier: (prepared, part, { longest }) => {
    const { training, [part]: heldOut } = prepared.documents;
    const classes = prepared.labels.length;
    if (prepared.inputs === "tokens") {
      const sizes = { vocabulary: prepared.tokenizer.vocabulary.length, classes };
      const found = labelBaselines(labelled(training, longest), labelled(heldOut, longest), sizes);
      return [
        { name: "commonest label", ...found.majority },
        { name: "bag of words", ...found.bagOfWords },
      ];
    }
    return [
      { name: "commonest label", accuracy: majorityAccuracy(training.labels, heldOut.labels, classes) },
      { name: "linear model", accuracy: linearAccuracy(training, heldOut, classes, { vocabulary: 0, longest }) },
    ];
  },
  tagger: ({ documents, labels }, part) => {
    const { commonest, byWord } = tagBaselines(documents.training, documents[part], labels.length);
    return [
      { name: "commonest tag", ...commonest },
      { name: "each word's commonest tag", ...byWord },
    ];
  },
  regressor: (prepared, part, { longest }) => {
    const { training, [part]: heldOut } = prepared.documents;
    const vocabulary = prepared.inputs === "tokens" ? prepared.tokenizer.vocabulary.length : 0;
    const { mean, linear } = numberBaselines(training, heldOut, prepared.target, { vocabulary, longest });
    return [
      { name: "mean of training", ...mean },
      { name: "linear model", ...linear },
    ];
  },
};

/** None where there is no training part to learn them from. */
export function baselinesOf<Kind extends Task>(
  prepared: Extract<Prepared, { task: Kind }>,
  part: Part,
  options: { longest: number },
): Baseline[] {
  if (prepared.counts.training.documents === 0) return [];
  const judge: Judge<Kind> = judges[prepared.task];
  return judge(prepared, part, options);
}

function* labelled(documents: Documents, longest: number): Generator<LabelledIds> {
  for (const [index, label] of documents.labels.entries()) {
    yield { ids: (documents.inputs as TokenDocuments).document(index).subarray(0, longest), label };
  }
}
