/** @file Convolutions over time in C. */
import { type ConvolutionAttributes, type ConvolutionOptions, windowsOf } from "../ops/convolution.js";
import type { KernelConfig, Tensor, Tensor3D } from "../tfjs.js";
import { type KernelBackend, kernelConfig } from "./kernelBackend.js";

type Saved = { lengths: Int32Array | null };

/** The kernels' arguments for each window size, with the columns of its filters in the output. @param list the sequence, then kernel and bias of each size */
function partsOf(
  list: readonly Tensor[],
  backend: KernelBackend,
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
      sequence: backend.floats(list[0]!),
      lengths,
      kernel: backend.floats(kernel),
    };
    offset += filters;
    return part;
  });
}

export const convolutionKernels: KernelConfig[] = [
  kernelConfig("Convolution", (backend, list: Tensor[], attributes: ConvolutionAttributes<Saved>) => {
    const { options, saved } = attributes;
    const lengths = attributes.lengths && backend.integers(attributes.lengths);
    const parts = partsOf(list, backend, lengths, options);
    saved.save({ lengths }); // their tensor may be disposed of before the backward pass
    const { steps, batch, stride } = parts[0]!;
    const outputs = backend.output([steps, batch, stride]);
    for (const [index, part] of parts.entries()) {
      backend.kernels.convolutionForward({
        ...part,
        bias: backend.floats(list[2 + 2 * index]!),
        outputs: backend.floats(outputs),
      });
    }
    return outputs;
  }),
  /** Inputs: those of the forward pass, then the outputs and their gradient. */
  kernelConfig("ConvolutionGradient", (backend, given: Tensor[], { options, saved }: ConvolutionAttributes<Saved>) => {
    const list = given.slice(0, -2);
    const [outputs, outputsGradient] = given.slice(-2).map((tensor) => backend.floats(tensor));
    const gradients = list.map(({ shape }) => backend.output(shape));
    for (const [index, part] of partsOf(list, backend, saved.take().lengths, options).entries()) {
      backend.kernels.convolutionBackward({
        ...part,
        accumulate: index > 0,
        outputs: outputs!,
        outputsGradient: outputsGradient!,
        sequenceGradient: backend.floats(gradients[0]!),
        kernelGradient: backend.floats(gradients[1 + 2 * index]!),
        biasGradient: backend.floats(gradients[2 + 2 * index]!),
      });
    }
    return gradients;
  }),
];
