/** @file Attention pooling (Yang et al. 2016): the mean of a row's steps, weighted by a softmax of their scores against a learned query. */
import {
  add,
  cast,
  fill,
  expandDims,
  type GradConfig,
  matMul,
  mul,
  type Rank,
  reshape,
  softmax,
  sum,
  tanh,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  transpose,
  where,
} from "../tfjs.js";
import { maskOf, withinLengths } from "./mask.js";
import { hasKernel, runKernel, SavedForBackward } from "./dispatch.js";

/** kernel [width, hidden], bias [hidden], query [hidden]. */
export type AttentionWeights = { kernel: Tensor2D; bias: Tensor1D; query: Tensor1D };

/**
 * Σ attention · step, where attention is the softmax over a row's steps of tanh(step · kernel + bias) · query.
 * @param sequence [time, batch, width]
 * @param lengths [batch], int32; null if each row has all of `time`. Steps past a row's length are never read.
 * @returns [batch, width]; zeros for an empty row
 */
export function attend(sequence: Tensor3D, lengths: Tensor1D | null, weights: AttentionWeights): Tensor2D {
  if (!hasKernel("Attention")) return attendReference(sequence, lengths, weights);
  return runKernel("Attention", { sequence, ...weights }, { lengths, saved: new SavedForBackward() }) as Tensor2D;
}

export function attendReference(
  sequence: Tensor3D,
  lengths: Tensor1D | null,
  { kernel, bias, query }: AttentionWeights,
): Tensor2D {
  const [time, batch, width] = sequence.shape;
  const steps = withinLengths(sequence, lengths); // [time, batch, width]
  const mask = maskOf(lengths ?? fill<Rank.R1>([batch], time, "int32"), time); // [time, batch]
  const hidden = tanh(add(matMul(reshape<Rank.R2>(steps, [-1, width]), kernel), bias)); // [time · batch, hidden]
  const scores = reshape<Rank.R2>(sum(mul(hidden, query), 1), [time, batch]);
  const masked = where(mask, scores, fill<Rank.R2>([time, batch], -1e9)); // the exponential of -1e9 is 0
  const weights = transpose(softmax<Tensor2D>(transpose(masked))); // over time
  const attention = mul(weights, cast(mask, "float32")); // zeros in an empty row
  return sum(mul(steps, expandDims(attention, 2)), 0);
}

export type AttentionAttributes<Buffers> = { lengths: Tensor1D | null; saved: SavedForBackward<Buffers> };

export const attentionGradient: GradConfig = {
  kernelName: "Attention",
  inputsToSave: ["sequence", "kernel", "query"],
  gradFunc: (upstream, [sequence, kernel, query], attributes) => {
    const results = runKernel(
      "AttentionGradient",
      { sequence: sequence!, kernel: kernel!, query: query!, gradient: upstream as Tensor },
      attributes,
    ) as Tensor[];
    return Object.fromEntries(
      ["sequence", "kernel", "bias", "query"].map((name, index) => [name, () => results[index]!]),
    );
  },
};
