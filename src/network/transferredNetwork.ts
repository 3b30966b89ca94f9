/** @file A network of another task that starts from the embedding and the recurrent layers of a language model (Dai & Le 2015). */
import { isDeepStrictEqual } from "node:util";
import { grownRows } from "./grownNetwork.js";
import { layerName, Network } from "./network.js";
import type { LayerSpec, Spec } from "./spec.js";
import type { WeightValues } from "./storedWeights.js";

/** The layers before the first one that a language model does not have, with their names. Dropout has no weights. */
const namedLayers = ({ layers }: Spec): { name: string; layer: LayerSpec }[] =>
  layers.flatMap((layer, index) => (layer.type === "dropout" ? [] : [{ name: layerName(layer, index), layer }]));

/** Whether one layer can have the weights of another one: they differ in dropout and in the directions alone. */
function isAlike(left: LayerSpec, right: LayerSpec): boolean {
  const essence = (layer: LayerSpec): unknown => ({
    ...layer,
    dropout: undefined,
    recurrentDropout: undefined,
    weightDrop: undefined,
    bidirectional: undefined,
    over: undefined,
  });
  return isDeepStrictEqual(essence(left), essence(right));
}

/** The number of weights that were taken over. */
export type Transferred = { network: Network; taken: number };

/**
 * The initial network with the weights of the language model's first layers, as long as the layers are alike: the embedding, with the mean of the old rows for new
 * tokens, and the recurrent layers, which read forward; the backward direction keeps its initial weights. A layer whose inputs have another width, as after a
 * layer of both directions, and all layers after it keep theirs.
 * @param initial is disposed of
 */
export function transferredNetwork(base: Network, initial: Network): Transferred {
  const { spec } = initial;
  const values = initial.values();
  const own = base.values();
  const [from, to] = [namedLayers(base.spec), namedLayers(spec)];
  let taken = 0;
  for (const [index, { name, layer }] of from.entries()) {
    const other = to[index];
    if (!other || !isAlike(layer, other.layer)) break;
    const weights = fitting(own, name, values, other.name);
    if (weights === null) break;
    for (const [newName, weight] of weights) values.set(newName, weight);
    taken += weights.size;
  }
  initial.dispose();
  return { network: Network.from(spec, values), taken };
}

/** The weights of a layer under their new names; null if one of them has another shape. */
function fitting(own: WeightValues, name: string, values: WeightValues, newName: string): WeightValues | null {
  const found: WeightValues = new Map();
  for (const [weightName, weight] of own) {
    if (!weightName.startsWith(`${name}/`)) continue;
    const renamed = newName + weightName.slice(name.length);
    const wanted = values.get(renamed)?.shape;
    const grown = wanted && (weightName.endsWith("/table") ? grownRows(weight, wanted) : weight);
    if (wanted === undefined || grown!.shape.join() !== wanted.join()) return null;
    found.set(renamed, grown!);
  }
  return found;
}
