/** @file A network that starts from the weights of another one: with more tokens, with other dropout, or with a new output layer. */
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../common/errors.js";
import { sizeOf } from "./initializers.js";
import { layerIndices, withoutDropout } from "./layersWithoutDropout.js";
import { layerName, Network } from "./network.js";
import type { Spec } from "./spec.js";
import type { WeightValues } from "./storedWeights.js";

/** Tokens of the vocabulary, characters of a tagger's words, and outputs. */
export type NetworkSizes = { vocabulary?: number | undefined; characters?: number | undefined; classes: number };

/** The same layers for other sizes. */
export const resizedSpec = (spec: Spec, { vocabulary, characters, classes }: NetworkSizes): Spec => ({
  ...spec,
  ...(vocabulary !== undefined && { vocabulary }),
  layers: spec.layers.map((layer) =>
    layer.type === "words" && characters !== undefined
      ? { ...layer, characters: { ...layer.characters, vocabulary: characters } }
      : layer,
  ),
  classes,
});

/** Whether two specs have the same layers but for dropout and sizes, so that the weights of one fit the other. */
export function haveSameLayers(left: Spec, right: Spec): boolean {
  const sizes: NetworkSizes = { vocabulary: left.vocabulary && 1, characters: 1, classes: 1 };
  const essence = (spec: Spec) => withoutDropout(resizedSpec(spec, sizes));
  return isDeepStrictEqual(essence(left), essence(right));
}

export type StartOptions = {
  /** The initial network of the spec, of which a new output layer is taken; it is disposed of. */
  initial: Network;
  /** Whether the outputs are those of the other network and, for a generator, more. */
  keepsHead: boolean;
};

/**
 * The network of a spec with the weights of another network that has the same layers. The vector of a new token is the mean of the old ones, in the embedding
 * and in the output layer; its bias is the smallest of the old ones, since the old tokens are likelier at first.
 */
export function startedNetwork(base: Network, { initial, keepsHead }: StartOptions): Network {
  const { spec } = initial;
  const indices = layerIndices(base.spec, spec);
  const newNames = new Map(
    base.spec.layers.map((layer, index) => [layerName(layer, index), layerName(layer, indices[index]!)]),
  );
  const values = initial.values();
  for (const [name, weight] of base.values()) {
    const [layer = "", ...rest] = name.split("/");
    const newName = [newNames.get(layer) ?? layer, ...rest].join("/");
    if (layer === "head" && !keepsHead) continue;
    const wanted = values.get(newName);
    if (!wanted) throw new UserError(`has a weight ${name} that the network of this run does not have`);
    values.set(newName, grown(weight, wanted.shape));
  }
  initial.dispose();
  return Network.from(spec, values);
}

type Values = WeightValues extends Map<string, infer Found> ? Found : never;

/** A table with more rows, each the mean of the old ones; unchanged if its width differs. */
export const grownRows = (table: Values, wanted: readonly number[]): Values =>
  table.shape[1] === wanted[1] && table.shape[0]! <= wanted[0]! ? grown(table, wanted) : table;

/** New rows or columns of a matrix are means of the old ones; new elements of a vector are the smallest of the old ones. */
function grown({ shape, values }: Values, wanted: readonly number[]): Values {
  if (shape.join() === wanted.join()) return { shape, values };
  if (shape.length === 1) {
    const [size] = wanted as [number];
    const smallest = values.reduce((least, value) => Math.min(least, value), Infinity);
    const more = new Float32Array(size).fill(smallest);
    more.set(values);
    return { shape: [size], values: more };
  }
  const [rows = 0, columns = 0] = shape;
  const [newRows, newColumns] = wanted as [number, number];
  const result = new Float32Array(sizeOf([newRows, newColumns]));
  const rowSums = new Float64Array(rows);
  const columnSums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column]!;
      rowSums[row]! += value;
      columnSums[column]! += value;
      result[row * newColumns + column] = value;
    }
  }
  for (let row = 0; row < newRows; row++) {
    for (let column = 0; column < newColumns; column++) {
      if (row >= rows) result[row * newColumns + column] = columnSums[column]! / rows;
      else if (column >= columns) result[row * newColumns + column] = rowSums[row]! / columns;
    }
  }
  return { shape: [newRows, newColumns], values: result };
}
