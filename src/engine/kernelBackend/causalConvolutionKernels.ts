/** @file The causal depthwise convolution in C. */
import type { CausalAttributes } from "../ops/causalConvolution.js";
import type { KernelConfig, TensorInfo } from "../tfjs.js";
import { type KernelBackend, kernelConfig } from "./kernelBackend.js";

type List = [sequence: TensorInfo, kernel: TensorInfo, initial?: TensorInfo];

/** The lengths outlive their tensor: the backward pass reads them too. */
type Attributes = CausalAttributes<{ lengths: Int32Array | null }>;

function argumentsOf(backend: KernelBackend, [sequence, kernel, initial]: List) {
  const [time, batch, width] = sequence.shape as [number, number, number];
  return {
    time,
    batch,
    width,
    size: kernel.shape[0]!,
    sequence: backend.floats(sequence),
    kernel: backend.floats(kernel),
    initial: initial ? backend.floats(initial) : null,
  };
}

export const causalConvolutionKernels: KernelConfig[] = [
  kernelConfig("CausalConvolution", (backend, list: List, { lengths: rows, saved }: Attributes) => {
    const lengths = rows && backend.integers(rows);
    const given = { ...argumentsOf(backend, list), lengths };
    const results = [
      backend.output(list[0].shape),
      backend.output([given.size - 1, given.batch, given.width]),
    ] as const;
    const [outputs, last] = [backend.floats(results[0]), backend.floats(results[1])];
    backend.kernels.causalConvolutionForward({ ...given, outputs, last });
    if (saved.recording) saved.save({ lengths });
    return [...results];
  }),
  kernelConfig(
    "CausalConvolutionGradient",
    (
      backend,
      [outputsGradient, lastGradient, ...list]: [outputs: TensorInfo, last: TensorInfo, ...List],
      { saved }: Attributes,
    ) => {
      const given = { ...argumentsOf(backend, list), ...saved.take() };
      const [sequence, kernel, initial] = list;
      const results = [backend.output(sequence.shape), backend.output(kernel.shape)];
      const ofInitial = initial && backend.output(initial.shape);
      const unseen = ofInitial ? null : backend.allocate(lastGradient.shape.reduce((product, size) => product * size));
      const rowGradients = backend.allocate(given.batch * given.size * given.width);
      const [sequenceGradient, kernelGradient] = results.map((result) => backend.floats(result));
      backend.kernels.causalConvolutionBackward({
        ...given,
        outputsGradient: backend.floats(outputsGradient),
        lastGradient: backend.floats(lastGradient),
        sequenceGradient: sequenceGradient!,
        initialGradient: ofInitial ? backend.floats(ofInitial) : unseen!,
        rowGradients,
        kernelGradient: kernelGradient!,
      });
      for (const buffer of [rowGradients, ...(unseen ? [unseen] : [])]) backend.release(buffer);
      return ofInitial ? [...results, ofInitial] : results;
    },
  ),
];
