/** @file The weights that --freeze keeps as they are, and the rows of a table that it keeps while new tokens are trained. */
import { concat, slice, type Tensor, tidy, type Variable, zeros } from "../engine/tfjs.js";
import type { FrozenPart } from "../common/names.js";
import { layerName } from "../network/network.js";
import type { Spec } from "../network/spec.js";

/** For a frozen weight the number of its rows that are frozen; Infinity for all of them. */
export type FrozenRows = ReadonlyMap<string, number>;

/** The tokens, and characters of words, that a network had before it got more of them. */
export type EarlierSizes = { tokens?: number | undefined; characters?: number | undefined };

/** @param names of the weights */
export function frozenRows(
  { layers }: Spec,
  names: Iterable<string>,
  parts: readonly FrozenPart[],
  { tokens = Infinity, characters = Infinity }: EarlierSizes,
): FrozenRows {
  const [first] = layers;
  const embedding = first?.type === "embedding" || first?.type === "words" ? layerName(first, 0) : undefined;
  const partOf = (name: string): FrozenPart | undefined => {
    const [layer] = name.split("/");
    return layer === "head" ? undefined : layer === embedding ? "embedding" : "layers";
  };
  const rowsOf = (name: string): number =>
    name === `${embedding}/table` ? tokens : name === `${embedding}/characters/table` ? characters : Infinity;
  const frozen = [...names].filter((name) => parts.some((part) => part === partOf(name)));
  return new Map(frozen.map((name) => [name, rowsOf(name)]));
}

/** The rows of a weight that are frozen while others are trained; undefined if it has none. */
export function partlyFrozen(frozen: FrozenRows, name: string, { shape }: Tensor): number | undefined {
  const rows = frozen.get(name);
  return rows !== undefined && rows < shape[0] ? rows : undefined;
}

/** Whether all of a weight is frozen. */
export const isFrozen = (frozen: FrozenRows, name: string, weight: Tensor): boolean =>
  frozen.has(name) && partlyFrozen(frozen, name, weight) === undefined;

/** A gradient without that of the first rows. */
export const withoutFirstRows = (gradient: Tensor, rows: number): Tensor =>
  concat([zeros([rows, ...gradient.shape.slice(1)]), slice(gradient, [rows], [-1])]);

/** Puts values into the first rows of a weight. @param first [rows, …] */
export function restoreFirstRows(weight: Variable, first: Tensor): void {
  tidy(() => weight.assign(concat([first, slice(weight as Tensor, [first.shape[0]], [-1])])));
}
