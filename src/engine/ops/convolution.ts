/** @file Convolutions over time, with windows of one size or several side by side; each row is padded at its own end. */
import {
  add,
  concat,
  type GradConfig,
  matMul,
  maximum,
  pad,
  type Rank,
  relu,
  reshape,
  slice,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from "../tfjs.js";
import type { PaddingName } from "../../common/names.js";
import { withinLengths } from "./mask.js";
import { hasKernel, runKernel, SavedForBackward } from "./dispatch.js";

/** In Keras's layout: kernel [size, inputs, filters], bias [filters]. */
export type ConvolutionWeights = { kernel: Tensor3D; bias: Tensor1D };

export type ConvolutionOptions = {
  /** As in Keras. same: zeros on both sides keep the number of steps (one more zero behind if the size is even); valid: no zeros, size - 1 steps fewer. */
  padding: PaddingName;
  activation: "linear" | "relu";
};

/**
 * Steps past a row's length are never read: "same" pads each row at its own end, "valid" makes each row size - 1 steps shorter.
 * @param sequence [time, batch, inputs]
 * @param lengths [batch], int32; null if each row has all of `time`
 * @param widths the weights of each window size; only one size with the padding "valid"
 * @returns outputs [steps, batch, Σ filters], zero past a row's length; lengths: of the outputs' rows, [batch]
 * @throws RangeError for windows of several sizes with the padding "valid"
 */
export function convolution(
  sequence: Tensor3D,
  lengths: Tensor1D | null,
  widths: readonly ConvolutionWeights[],
  options: ConvolutionOptions,
): { outputs: Tensor3D; lengths: Tensor1D | null } {
  const sizes = widths.map(({ kernel }) => kernel.shape[0]);
  const lost = options.padding === "same" ? 0 : sizes[0]! - 1;
  if (options.padding === "valid" && sizes.some((size) => size !== sizes[0]))
    throw new RangeError(
      `windows of ${sizes.join(", ")} steps give outputs of different lengths with the padding valid`,
    );
  const run = hasKernel("Convolution") ? convolutionFused : convolutionReference;
  return {
    outputs: run(sequence, lengths, widths, options),
    lengths: lengths && lost > 0 ? maximum(sub(lengths, lost), 0) : lengths,
  };
}

export function convolutionReference(
  sequence: Tensor3D,
  lengths: Tensor1D | null,
  widths: readonly ConvolutionWeights[],
  { padding, activation }: ConvolutionOptions,
): Tensor3D {
  const [time, batch, inputs] = sequence.shape;
  const outputs = widths.map(({ kernel, bias }) => {
    const [size, , filters] = kernel.shape;
    const { before, steps } = windowsOf(padding, size, time);
    const windows = Math.max(1, steps); // at least one is computed, so that the weights have a gradient
    const behind = windows + size - 1 - before - time;
    const padded = pad(withinLengths(sequence, lengths), [
      [before, Math.max(0, behind)],
      [0, 0],
      [0, 0],
    ]);
    const products = Array.from({ length: size }, (_, step) =>
      matMul(
        reshape<Rank.R2>(slice(padded, [step, 0, 0], [windows, batch, inputs]), [windows * batch, inputs]),
        reshape<Rank.R2>(slice(kernel, [step, 0, 0], [1, inputs, filters]), [inputs, filters]),
      ),
    );
    const sums = products.reduce<Tensor>((total, product) => add(total, product), bias); // [windows · batch, filters]
    const activated = activation === "relu" ? relu(sums) : sums;
    return slice(reshape<Rank.R3>(activated, [windows, batch, filters]), [0, 0, 0], [steps, batch, filters]);
  });
  const [lost] = padding === "valid" ? widths.map(({ kernel }) => kernel.shape[0] - 1) : [0];
  return withinLengths(concat(outputs, 2), lengths && maximum(sub(lengths, lost!), 0));
}

/** before: steps that the first window reaches back; steps: the number of windows. */
export const windowsOf = (padding: PaddingName, size: number, time: number) =>
  padding === "same"
    ? { before: Math.floor((size - 1) / 2), steps: time }
    : { before: 0, steps: Math.max(0, time - size + 1) };

export type ConvolutionAttributes<Buffers> = {
  lengths: Tensor1D | null;
  options: ConvolutionOptions;
  saved: SavedForBackward<Buffers>;
};

const convolutionFused: typeof convolutionReference = (sequence, lengths, widths, options) =>
  runKernel("Convolution", [sequence, ...widths.flatMap(({ kernel, bias }) => [kernel, bias])], {
    lengths,
    options,
    saved: new SavedForBackward(),
  }) as Tensor3D;

export const convolutionGradient: GradConfig = {
  kernelName: "Convolution",
  saveAllInputs: true,
  outputsToSave: [true],
  gradFunc: (gradient, saved, attributes) => {
    const results = runKernel("ConvolutionGradient", [...saved, gradient as Tensor], attributes) as Tensor[];
    return Object.fromEntries(results.map((result, index) => [index, () => result]));
  },
};

/**
 * A dense layer: a convolution whose window is one step.
 * @param inputs [rows, width]
 * @param kernel [width, units]
 * @param bias [units]
 * @returns activation(inputs · kernel + bias), [rows, units]
 */
export function dense(
  inputs: Tensor2D,
  kernel: Tensor2D,
  bias: Tensor1D,
  activation: ConvolutionOptions["activation"],
): Tensor2D {
  const [width, units] = kernel.shape;
  const weights = { kernel: reshape<Rank.R3>(kernel, [1, width, units]), bias };
  const steps = reshape<Rank.R3>(inputs, [-1, 1, width]);
  const { outputs } = convolution(steps, null, [weights], { padding: "valid", activation });
  return reshape<Rank.R2>(outputs, [-1, units]);
}
