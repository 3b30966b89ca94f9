/** @file A causal depthwise convolution over time: each column by itself, from the steps before and the same step. Its state is the last inputs. */
import {
  add,
  cast,
  concat,
  fill,
  gather,
  type GradConfig,
  mul,
  range,
  type Rank,
  reshape,
  slice,
  stack,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  unstack,
  zeros,
} from "../tfjs.js";
import { hasKernel, runKernel, SavedForBackward } from "./dispatch.js";
import { withinLengths } from "./mask.js";

/** outputs [time, batch, width], zero past a row's length; last: the size - 1 inputs that precede the next step, the oldest first, each [batch, width]. */
type CausalResult = { outputs: Tensor3D; last: Tensor2D[] };

/**
 * outputs[t] = Σ kernel[i] · sequence[t + 1 - size + i]
 * @param sequence [time, batch, width]; it is never read past a row's length
 * @param lengths [batch], int32; null if each row has all of `time`
 * @param kernel [size, width]
 * @param initial the inputs before the first step, as `last` of the part before; null for zeros
 */
export function causalConvolution(
  sequence: Tensor3D,
  lengths: Tensor1D | null,
  kernel: Tensor2D,
  initial: Tensor2D[] | null,
): CausalResult {
  if (!hasKernel("CausalConvolution")) return causalConvolutionReference(sequence, lengths, kernel, initial);
  const before = initial && initial.length > 0 ? [stack(initial)] : []; // [size - 1, batch, width]
  const attributes: CausalAttributes<unknown> = { lengths, saved: new SavedForBackward() };
  const results = runKernel("CausalConvolution", [sequence, kernel, ...before], attributes);
  const [outputs, last] = results as [Tensor3D, Tensor3D];
  return { outputs, last: kernel.shape[0] > 1 ? (unstack(last) as Tensor2D[]) : [] };
}

export function causalConvolutionReference(
  sequence: Tensor3D,
  lengths: Tensor1D | null,
  kernel: Tensor2D,
  initial: Tensor2D[] | null,
): CausalResult {
  const [time, batch, width] = sequence.shape;
  const size = kernel.shape[0];
  const before: Tensor3D =
    initial && initial.length > 0 ? (stack(initial) as Tensor3D) : zeros([size - 1, batch, width]);
  const padded = concat([before, withinLengths(sequence, lengths)], 0);
  const products = unstack(kernel).map((weights, step) =>
    mul(slice(padded, [step, 0, 0], [time, batch, width]), weights),
  );
  const outputs = products.reduce((total, product) => add(total, product)) as Tensor3D;
  const rows = range(0, batch, 1, "int32");
  const ends = lengths ?? fill([batch], time, "int32");
  const byRow = reshape<Rank.R2>(padded, [(time + size - 1) * batch, width]);
  const last = Array.from({ length: size - 1 }, (_, step): Tensor2D =>
    gather<Tensor2D>(byRow, cast(add(mul(add(ends, step), batch), rows), "int32")),
  );
  return { outputs: withinLengths(outputs, lengths), last };
}

export type CausalAttributes<Buffers> = { lengths: Tensor1D | null; saved: SavedForBackward<Buffers> };

export const causalConvolutionGradient: GradConfig = {
  kernelName: "CausalConvolution",
  saveAllInputs: true,
  gradFunc: (gradients, saved, attributes) => {
    const given = [...(gradients as Tensor[]), ...saved];
    const results = runKernel("CausalConvolutionGradient", given, attributes) as Tensor[];
    return Object.fromEntries(results.map((result, index) => [index, () => result]));
  },
};
