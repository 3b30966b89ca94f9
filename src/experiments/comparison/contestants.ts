/** @file Networks to try beside each other: what sets each apart, as it would be typed; all else is as for the others. */
import type { ContestantName, Task } from "../../common/names.js";
import { loadPreset, presetNames, withPreset } from "../../options/presets.js";
import { readRecipe, type Recipe } from "../../options/recipe.js";
import { UsageError } from "../../common/errors.js";

const contestants: { [Name in ContestantName]: Record<string, string> } = {
  lstm: { cell: "lstm", bidirectional: "no" },
  bilstm: { cell: "lstm", bidirectional: "yes" },
  stacked: { cell: "lstm", bidirectional: "yes", units: "64,32" },
  gru: { cell: "gru", bidirectional: "no" },
  bigru: { cell: "gru", bidirectional: "yes" },
  rnn: { cell: "rnn", bidirectional: "no" },
  residual: { cell: "residual", bidirectional: "no" },
  attention: { cell: "lstm", bidirectional: "yes", pooling: "attention" },
  "words-only": { "char-units": "0" },
  conv: { units: "none", convolution: "128x5", pooling: "mean" },
  mean: { units: "none", pooling: "mean" },
  max: { units: "none", pooling: "max" },
  flatten: { units: "none", pooling: "flatten" },
};

/** Who is compared where nobody is named. */
export const usualContestants: { [Kind in Task]: readonly ContestantName[] } = {
  generator: ["lstm", "gru", "rnn"],
  classifier: ["lstm", "gru", "conv", "mean"],
  tagger: ["bilstm", "bigru", "lstm", "words-only"],
  regressor: ["lstm", "gru", "conv", "mean"],
};

/** What sets a contestant, or a preset, apart. @throws UsageError for a name that neither has */
export async function contestantRecipe(name: string, given: Partial<Recipe>): Promise<Partial<Recipe>> {
  const own = Object.hasOwn(contestants, name) ? contestants[name as ContestantName] : undefined;
  if (own) return { ...given, ...readRecipe(own, name) };
  const presets = await presetNames();
  if (presets.includes(name)) return withPreset(await loadPreset(name), given);
  throw new UsageError(
    `--networks: there is no ${name}: choose among ${Object.keys(contestants).join(", ")}, or the presets ${presets.join(", ")}`,
  );
}
