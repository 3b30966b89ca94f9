/** @file The networks that `rnn compare` trains: the options in which each differs from the others. */
import { UsageError } from "../../common/errors.js";
import type { ComparedNetworkName, Task } from "../../common/names.js";
import { suggestion } from "../../common/nearest.js";
import { loadPreset, presetNames, withPreset } from "../../options/presets.js";
import { readRecipe, type Recipe } from "../../options/recipe.js";

const networks: { [Name in ComparedNetworkName]: Record<string, string> } = {
  lstm: { cell: "lstm", bidirectional: "no" },
  bilstm: { cell: "lstm", bidirectional: "yes" },
  stacked: { cell: "lstm", bidirectional: "yes", units: "64,32" },
  gru: { cell: "gru", bidirectional: "no" },
  bigru: { cell: "gru", bidirectional: "yes" },
  rnn: { cell: "rnn", bidirectional: "no" },
  residual: { cell: "residual", bidirectional: "no" },
  sru: { cell: "sru", bidirectional: "no" },
  hgrn: { cell: "hgrn", bidirectional: "no" },
  mingru: { cell: "mingru", bidirectional: "no" },
  blocks: { cell: "hgrn", block: "true" },
  attention: { cell: "lstm", bidirectional: "yes", pooling: "attention" },
  "words-only": { "char-units": "0" },
  conv: { units: "none", convolution: "128x5", pooling: "mean" },
  mean: { units: "none", pooling: "mean" },
  max: { units: "none", pooling: "max" },
  flatten: { units: "none", pooling: "flatten" },
};

/** The networks of a task without `--networks`. */
export const defaultNetworks: { [Kind in Task]: readonly ComparedNetworkName[] } = {
  generator: ["lstm", "gru", "rnn"],
  classifier: ["lstm", "gru", "conv", "mean"],
  tagger: ["bilstm", "bigru", "lstm", "words-only"],
  regressor: ["lstm", "gru", "conv", "mean"],
};

/** The given options with those of a network or a preset. @throws UsageError for an unknown name */
export async function networkRecipe(name: string, given: Partial<Recipe>): Promise<Partial<Recipe>> {
  const own = Object.hasOwn(networks, name) ? networks[name as ComparedNetworkName] : undefined;
  if (own) return { ...given, ...readRecipe(own) };
  const presets = await presetNames();
  if (presets.includes(name)) return withPreset(await loadPreset(name), given);
  const known = [...Object.keys(networks), ...presets];
  throw new UsageError(
    `--networks: no such network or preset "${name}"${suggestion(name, known, "networks and presets")}`,
  );
}
