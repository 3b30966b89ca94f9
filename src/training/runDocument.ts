/** @file The `checkpoint.json` of a run. */
import type { CheckpointDocument } from "../checkpoint/checkpoint.js";
import type { Result } from "../evaluation/result.js";
import { storeRecipe } from "../options/recipe.js";
import { type Assembly, madeBy } from "./assembly.js";
import type { Plan } from "./plan.js";
import type { Progress } from "./runProgress.js";

/** @param from with the scores on the corpus of the checkpoint that the run started from; by default without */
export const checkpointDocument = (
  { created, prepared, network, recipe, corpus, imported, started, backend }: Assembly,
  plan: Plan,
  { history, ...progress }: Progress,
  result: Result | null,
  from = started?.record,
): CheckpointDocument => ({
  created,
  task: prepared.task,
  ...(prepared.labels.length > 0 && { labels: [...prepared.labels] }),
  spec: network.spec,
  ...(prepared.inputs === "tokens"
    ? {
        tokenizer: prepared.tokenizer.toJSON(),
        ...(prepared.spelling && { spelling: prepared.spelling.toJSON() }),
      }
    : { scaling: [...prepared.scaling] }),
  ...(prepared.task === "regressor" && { target: prepared.target }),
  options: storeRecipe(recipe),
  corpus,
  ...(imported && { imported }),
  ...(from && { from }),
  counts: { ...prepared.counts, parameters: network.parameters },
  metrics: result ? { [result.part]: result } : {},
  history,
  progress: { ...progress, plan },
  madeBy: madeBy(backend),
});
