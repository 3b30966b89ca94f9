/** @file The `checkpoint.json` of a run. */
import type { CheckpointDocument, FromRecord } from "../checkpoint/checkpoint.js";
import type { Result } from "../evaluation/result.js";
import { storeRecipe } from "../options/recipe.js";
import { type Assembly, madeBy } from "./assembly.js";
import type { Mixture } from "../model/mixture.js";
import type { Bag } from "../model/storedBag.js";
import type { OwnDigest } from "./ownDigest.js";
import type { Plan } from "./plan.js";
import type { Progress } from "./runProgress.js";

/**
 * What a run has at its end.
 * from: with the scores on the corpus of the checkpoint that the run started from; by default without; mixture: the n-gram model beside the network, if it helps; bag: the bag of n-grams that is kept, alone or beside the network; records: of the calibration of labels; digest: of the training text
 */
export type RunEnd = {
  result: Result | null;
  from?: FromRecord | undefined;
  mixture?: Mixture | undefined;
  bag?: Bag | undefined;
  records?: Pick<CheckpointDocument, "calibration" | "conformal">;
  digest?: OwnDigest;
};

export const checkpointDocument = (
  { created, prepared, network, recipe, corpus, imported, started, distilled, backend }: Assembly,
  plan: Plan,
  { history, ...progress }: Progress,
  { result, from = started?.record, mixture, bag, records, digest }: RunEnd = { result: null },
): CheckpointDocument => ({
  created,
  task: prepared.task,
  ...(prepared.labels.length > 0 && { labels: [...prepared.labels] }),
  ...(result?.thresholds && network.spec.multilabel && { thresholds: [...result.thresholds] }),
  spec: network.spec,
  ...(mixture && { ngrams: mixture.toJSON() }),
  ...(bag && { bag: bag.toJSON() }),
  ...digest?.document,
  ...(prepared.inputs === "tokens"
    ? {
        tokenizer: prepared.tokenizer.toJSON(),
        ...(prepared.spelling && { spelling: prepared.spelling.toJSON() }),
        ...(prepared.numbers && { scaling: [...prepared.numbers] }),
      }
    : { scaling: [...prepared.scaling] }),
  ...(prepared.task === "regressor" && { target: prepared.target }),
  options: storeRecipe(recipe),
  corpus,
  ...(imported && { imported }),
  ...(from && { from }),
  ...(distilled && { distilled }),
  ...records,
  counts: { ...prepared.counts, parameters: network.parameters },
  metrics: result ? { [result.part]: result } : {},
  history,
  progress: { ...progress, plan },
  madeBy: madeBy(backend),
});
