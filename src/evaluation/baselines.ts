/** @file What needs no network, on the same examples: so that people see what the network adds. */
import type { Prepared } from "../examples/prepare.js";
import type { Part } from "../examples/split.js";
import type { TokenDocuments } from "../examples/tokens.js";
import { labelBaselines, type LabelledIds } from "./labelBaselines.js";
import { ngramBaseline, ngramOrders } from "./ngramModel.js";

export type Baseline = { name: string; loss?: number; perplexity?: number; accuracy?: number };

/** None where there is no training part to learn them from. */
export function baselinesOf(prepared: Prepared, part: Part, { longest }: { longest: number }): Baseline[] {
  if (prepared.counts.training.tokens === 0) return [];
  const vocabulary = prepared.tokenizer.vocabulary.length;
  if (prepared.task === "classifier") {
    const { training, [part]: heldOut } = prepared.documents;
    const classes = prepared.labels.length;
    const found = labelBaselines(labelled(training, longest), labelled(heldOut, longest), { vocabulary, classes });
    return [
      { name: "commonest label", ...found.majority },
      { name: "bag of words", ...found.bagOfWords },
    ];
  }
  const { training, [part]: heldOut } = prepared.texts;
  const order = ngramOrders[prepared.tokenizer.kind];
  const { loss, perplexity } = ngramBaseline(training.subarray(), heldOut.subarray(), { vocabulary, order });
  return [{ name: `${order}-gram model`, loss, perplexity }];
}

function* labelled(documents: TokenDocuments, longest: number): Generator<LabelledIds> {
  for (const [index, label] of documents.labels.entries()) {
    yield { ids: documents.document(index).subarray(0, longest), label };
  }
}
