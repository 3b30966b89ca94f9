/** @file Convolutions over time, of one width or several side by side, each row within its own length. */
import {
  add,
  concat,
  type GradConfig,
  type KernelConfig,
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
import type { NativeBackend } from "../kernelBackend/kernelBackend.js";
import { withinLengths } from "./mask.js";
import { hasKernel, Kept, runKernel } from "./registry.js";

/** In Keras's layout: kernel [size, inputs, filters], bias [filters]. */
export type ConvolutionWeights = { kernel: Tensor3D; bias: Tensor1D };

export type ConvolutionOptions = {
  /** As Keras's. same: as many steps as there were, with zeros around them, one more behind where the size is even; valid: windows that are whole. */
  padding: PaddingName;
  activation: "linear" | "relu";
};

/**
 * What lies past a row's length is never read, and counts as absent: "same" pads each row at its own end, "valid" leaves it size - 1 steps shorter.
 * @param sequence [time, batch, inputs]
 * @param lengths [batch], int32; null where each row has all of `time`
 * @param widths for each window's width its weights; of one size where the padding is "valid"
 * @returns outputs [steps, batch, Σ filters], zero past a row's length; lengths: of its rows
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
    throw new RangeError(`windows of ${sizes.join(", ")} steps without padding give outputs of different lengths`);
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
    const windows = Math.max(1, steps); // where there is none, one is computed all the same, so that there is a gradient
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

/** before: steps that the first window reaches back; steps: how many windows there are. */
const windowsOf = (padding: PaddingName, size: number, time: number) =>
  padding === "same"
    ? { before: Math.floor((size - 1) / 2), steps: time }
    : { before: 0, steps: Math.max(0, time - size + 1) };

/** What is kept: the lengths, whose tensor may be gone on the way back. */
type Attributes = {
  lengths: Tensor1D | null;
  options: ConvolutionOptions;
  kept: Kept<{ lengths: Int32Array | null }>;
};

const convolutionFused: typeof convolutionReference = (sequence, lengths, widths, options) =>
  runKernel("Convolution", [sequence, ...widths.flatMap(({ kernel, bias }) => [kernel, bias])], {
    lengths,
    options,
    kept: new Kept(),
  }) as Tensor3D;

/** Each width's part of the arguments of a kernel: where its filters stand among all. */
function partsOf(
  list: readonly Tensor[],
  native: NativeBackend,
  lengths: Int32Array | null,
  options: ConvolutionOptions,
) {
  const [time, batch, inputs] = (list[0] as Tensor3D).shape;
  const kernels = list.slice(1).filter((_, index) => index % 2 === 0) as Tensor3D[];
  const stride = kernels.reduce((sum, { shape }) => sum + shape[2], 0);
  let offset = 0;
  return kernels.map((kernel) => {
    const [size, , filters] = kernel.shape;
    const part = {
      ...windowsOf(options.padding, size, time),
      time,
      batch,
      inputs,
      size,
      filters,
      stride,
      offset,
      relu: options.activation === "relu",
      sequence: native.floats(list[0]!),
      lengths,
      kernel: native.floats(kernel),
    };
    offset += filters;
    return part;
  });
}

export const convolutionKernels: KernelConfig[] = [
  {
    kernelName: "Convolution",
    backendName: "native",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const native = backend as NativeBackend;
      const list = inputs as unknown as Tensor[];
      const { lengths: given, options, kept } = attrs as unknown as Attributes;
      const lengths = given && native.integers(given);
      const parts = partsOf(list, native, lengths, options);
      kept.keep({ lengths });
      const { steps, batch, stride } = parts[0]!;
      const outputs = native.output([steps, batch, stride]);
      for (const [index, part] of parts.entries()) {
        native.kernels.convolutionForward({
          ...part,
          bias: native.floats(list[2 + 2 * index]!),
          outputs: native.floats(outputs),
        });
      }
      return outputs;
    },
  },
  {
    kernelName: "ConvolutionGradient",
    backendName: "native",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const native = backend as NativeBackend;
      const given = inputs as unknown as Tensor[]; // as in the forward pass, then outputs and their gradient
      const { options, kept } = attrs as unknown as Attributes;
      const list = given.slice(0, -2);
      const [outputs, outputsGradient] = given.slice(-2).map((tensor) => native.floats(tensor));
      const gradients = list.map(({ shape }) => native.output(shape));
      for (const [index, part] of partsOf(list, native, kept.use().lengths, options).entries()) {
        native.kernels.convolutionBackward({
          ...part,
          accumulate: index > 0,
          outputs: outputs!,
          outputsGradient: outputsGradient!,
          sequenceGradient: native.floats(gradients[0]!),
          kernelGradient: native.floats(gradients[1 + 2 * index]!),
          biasGradient: native.floats(gradients[2 + 2 * index]!),
        });
      }
      return gradients;
    },
  },
];

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
