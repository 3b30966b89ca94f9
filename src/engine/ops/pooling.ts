/** @file Pooling a sequence to one vector: the mean or the maximum over each row's own length, or both side by side. */
import {
  cast,
  concat,
  div,
  expandDims,
  fill,
  greater,
  type GradConfig,
  max,
  maximum,
  type Rank,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  where,
  zerosLike,
} from "../tfjs.js";
import { maskOf, withinLengths } from "./mask.js";
import { hasKernel, runKernel, SavedForBackward } from "./dispatch.js";

/** @param lengths [batch] @returns [batch, width] */
type PoolReference = (sequence: Tensor3D, lengths: Tensor1D) => Tensor2D;

const references = {
  mean: (sequence, lengths) =>
    div(sum(withinLengths(sequence, lengths), 0), expandDims(cast(maximum(lengths, 1), "float32"), 1)),
  max: (sequence, lengths) => {
    const mask = expandDims(maskOf(lengths, sequence.shape[0]), 2);
    const largest = max<Tensor2D>(where(mask, sequence, fill(sequence.shape, -Infinity)), 0);
    return where(expandDims(greater(lengths, 0), 1), largest, zerosLike(largest));
  },
} satisfies Record<string, PoolReference>;

export type PoolKind = keyof typeof references;

/**
 * @param kinds one or several; their results stand side by side
 * @param sequence [time, batch, width]
 * @param lengths [batch], int32; null if each row has all of `time`. Steps past a row's length are never read.
 * @returns [batch, kinds · width]; zeros for an empty row
 */
export function pool(kinds: readonly PoolKind[], sequence: Tensor3D, lengths: Tensor1D | null): Tensor2D {
  if (!hasKernel("Pool")) return poolReference(kinds, sequence, lengths);
  return runKernel("Pool", { sequence }, { kinds, lengths, saved: new SavedForBackward() }) as Tensor2D;
}

export function poolReference(kinds: readonly PoolKind[], sequence: Tensor3D, lengths: Tensor1D | null): Tensor2D {
  const [time, batch] = sequence.shape;
  const read = lengths ?? fill<Rank.R1>([batch], time, "int32");
  return concat(
    kinds.map((kind) => references[kind](sequence, read)),
    1,
  );
}

export type PoolAttributes<Buffers> = {
  kinds: readonly PoolKind[];
  lengths: Tensor1D | null;
  saved: SavedForBackward<Buffers>;
};

export const poolGradient: GradConfig = {
  kernelName: "Pool",
  gradFunc: (gradient, _, attributes) => ({
    sequence: () => runKernel("PoolGradient", { gradient: gradient as Tensor }, attributes) as Tensor,
  }),
};
