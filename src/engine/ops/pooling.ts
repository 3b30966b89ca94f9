/** @file Pooling a sequence to one vector: the mean or the maximum over each row's own length, or both side by side. */
import {
  add,
  cast,
  concat,
  div,
  expandDims,
  fill,
  greater,
  type GradConfig,
  max,
  maximum,
  mul,
  range,
  type Rank,
  reshape,
  slice,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  where,
  zeros,
  zerosLike,
} from "../tfjs.js";
import { embedding } from "./embedding.js";
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

/**
 * The last step of each row.
 * @param sequence [time, batch, width]
 * @param lengths [batch], int32; null if each row has all of `time`
 * @returns [batch, width]; zeros for an empty row
 */
export function lastSteps(sequence: Tensor3D, lengths: Tensor1D | null): Tensor2D {
  const [time, batch, width] = sequence.shape;
  if (time === 0) return zeros([batch, width]);
  if (lengths === null) return reshape(slice(sequence, [time - 1, 0, 0], [1, batch, width]), [batch, width]);
  const integer = (value: number): Tensor => tensor(value, [], "int32");
  const steps = maximum(sub(lengths, integer(1)), integer(0));
  const positions = add<Tensor1D>(mul(steps, integer(batch)), range(0, batch, 1, "int32"));
  const read = embedding(reshape<Rank.R2>(sequence, [time * batch, width]), expandDims<Tensor2D>(positions, 0));
  const last = reshape<Rank.R2>(read, [batch, width]);
  return where(expandDims(greater(lengths, integer(0)), 1), last, zerosLike(last));
}
