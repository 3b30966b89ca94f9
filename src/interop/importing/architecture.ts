/** @file The options of `rnn train` that describe an imported network, as far as options can. */
import type { LayerSpec, LayerType, Spec } from "../../network/spec.js";
import type { SpecOf } from "../../network/layers/layer.js";
import type { Recipe } from "../../options/recipe.js";

export function architectureOf({ task, layers, tied, adaptive }: Spec): Partial<Recipe> {
  const all = <Type extends LayerType>(type: Type) =>
    layers.filter((layer: LayerSpec): layer is SpecOf<Type> => layer.type === type);
  const recurrent = all("recurrent");
  const [embedding] = all("embedding");
  const [pooling] = all("pooling");
  const [dropout] = all("dropout");
  const dense = all("dense");
  return {
    ...(embedding && { embedding: embedding.units }),
    units: recurrent.map(({ units }) => units),
    ...(recurrent[0] && {
      cell: recurrent[0].cell,
      bidirectional: recurrent[0].bidirectional ? ("yes" as const) : ("no" as const),
    }),
    ...(pooling && { pooling: pooling.over }),
    ...(task === "generator" && pooling && { examples: "windows" as const }),
    ...(dense.length > 0 && { dense: dense.map(({ units }) => units) }),
    ...(task === "tagger" && { charUnits: 0 }),
    tieWeights: tied ?? false,
    softmax: adaptive ? "adaptive" : "full",
    dropout: dropout?.rate ?? 0,
  };
}
