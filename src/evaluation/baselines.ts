/** @file What needs no network, on the same examples: so that people see what the network adds. */
import type { Task } from "../names.js";
import type { Prepared } from "../examples/prepare.js";
import type { Part } from "../examples/split.js";
import type { LabelledSequences } from "../examples/sequences.js";
import type { TokenDocuments } from "../examples/tokens.js";
import { labelBaselines, type LabelledIds } from "./labelBaselines.js";
import { ngramBaseline, ngramOrders } from "./ngramModel.js";

export type Baseline = { name: string; loss?: number; perplexity?: number; accuracy?: number };

/** What a task's baselines are learned from and tried on. */
type Judge<Kind extends Task> = (
  prepared: Extract<Prepared, { task: Kind }>,
  part: Part,
  options: { longest: number },
) => Baseline[];

const judges: { [Kind in Task]: Judge<Kind> } = {
  generator: ({ tokenizer, texts }, part) => {
    const { training, [part]: heldOut } = texts;
    const order = ngramOrders[tokenizer.kind];
    const vocabulary = tokenizer.vocabulary.length;
    const { loss, perplexity } = ngramBaseline(training.subarray(), heldOut.subarray(), { vocabulary, order });
    return [{ name: `${order}-gram model`, loss, perplexity }];
  },
  classifier: ({ tokenizer, labels, documents }, part, { longest }) => {
    const { training, [part]: heldOut } = documents;
    const sizes = { vocabulary: tokenizer.vocabulary.length, classes: labels.length };
    const found = labelBaselines(labelled(training, longest), labelled(heldOut, longest), sizes);
    return [
      { name: "commonest label", ...found.majority },
      { name: "bag of words", ...found.bagOfWords },
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

function* labelled(documents: LabelledSequences<TokenDocuments>, longest: number): Generator<LabelledIds> {
  for (const [index, label] of documents.labels.entries()) {
    yield { ids: documents.inputs.document(index).subarray(0, longest), label };
  }
}
