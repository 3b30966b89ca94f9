/** @file Attention pooling in C. */
import type { AttentionAttributes, AttentionWeights } from "../ops/attention.js";
import type { KernelConfig, Tensor, Tensor3D } from "../tfjs.js";
import { kernelConfig } from "./kernelBackend.js";

type Inputs = { sequence: Tensor3D } & AttentionWeights;
type Saved = { lengths: Int32Array | null; activations: Float32Array; attention: Float32Array };

const sizesOf = ({ sequence, kernel }: Pick<Inputs, "sequence" | "kernel">) => {
  const [time, batch, width] = sequence.shape;
  return { time, batch, width, hidden: kernel.shape[1] };
};

export const attentionKernels: KernelConfig[] = [
  kernelConfig("Attention", (backend, inputs: Inputs, { lengths, saved }: AttentionAttributes<Saved>) => {
    const sizes = sizesOf(inputs);
    const { time, batch, width, hidden } = sizes;
    const output = backend.output([batch, width]);
    const buffers: Saved = {
      lengths: lengths && backend.integers(lengths),
      activations: backend.allocate(time * batch * hidden),
      attention: backend.allocate(batch * time),
    };
    backend.kernels.attentionForward({
      ...sizes,
      ...buffers,
      sequence: backend.floats(inputs.sequence),
      kernel: backend.floats(inputs.kernel),
      bias: backend.floats(inputs.bias),
      query: backend.floats(inputs.query),
      output: backend.floats(output),
    });
    if (saved.recording) saved.save(buffers);
    else for (const buffer of [buffers.activations, buffers.attention]) backend.release(buffer);
    return output;
  }),
  kernelConfig(
    "AttentionGradient",
    (
      backend,
      { gradient, ...inputs }: Omit<Inputs, "bias"> & { gradient: Tensor },
      attributes: AttentionAttributes<Saved>,
    ) => {
      const saved = attributes.saved.take();
      const sizes = sizesOf(inputs);
      const shapes = [inputs.sequence.shape, inputs.kernel.shape, [sizes.hidden], [sizes.hidden]];
      const results = shapes.map((shape) => backend.output(shape));
      const [sequenceGradient, kernelGradient, biasGradient, queryGradient] = results.map((result) =>
        backend.floats(result),
      );
      backend.kernels.attentionBackward({
        ...sizes,
        ...saved,
        sequence: backend.floats(inputs.sequence),
        kernel: backend.floats(inputs.kernel),
        query: backend.floats(inputs.query),
        gradient: backend.floats(gradient),
        sequenceGradient: sequenceGradient!,
        kernelGradient: kernelGradient!,
        biasGradient: biasGradient!,
        queryGradient: queryGradient!,
      });
      for (const buffer of [saved.activations, saved.attention]) backend.release(buffer);
      return results;
    },
  ),
];
