/** @file The layers of a spec without dropout: what determines the weights of a network. */
import type { LayerSpec, Spec } from "./spec.js";

const isDropout = ({ type }: LayerSpec): boolean => type === "dropout";

/** A spec without any dropout; a residual connection counts the other layers alone. */
export const withoutDropout = ({ layers, ...spec }: Spec) => ({
  ...spec,
  layers: layers
    .map((layer, index) => {
      if (layer.type !== "residual") return layer;
      const passed = layers.slice(Math.max(0, index - layer.over), index).filter((other) => !isDropout(other));
      return { ...layer, over: passed.length };
    })
    .filter((layer) => !isDropout(layer))
    .map((layer) => ({ ...layer, dropout: undefined, recurrentDropout: undefined, weightDrop: undefined })),
});

/** For each layer of one spec the index of the same layer in another spec, which differs in dropout alone; -1 for dropout. */
export function layerIndices(from: Spec, to: Spec): number[] {
  if (from === to) return [...from.layers.keys()];
  const others = [...to.layers.keys()].filter((index) => !isDropout(to.layers[index]!));
  let next = 0;
  return from.layers.map((layer) => (isDropout(layer) ? -1 : others[next++]!));
}
