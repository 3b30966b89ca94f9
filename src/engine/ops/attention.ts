/** @file Pooling by attention: the mean of a row's steps, weighted by how well each answers a learned query (Yang et al. 2016). */
import {
  add,
  cast,
  fill,
  expandDims,
  type GradConfig,
  type KernelConfig,
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
import type { NativeBackend } from "../kernelBackend/kernelBackend.js";
import { maskOf, withinLengths } from "./mask.js";
import { hasKernel, Kept, runKernel } from "./registry.js";

/** kernel [width, hidden], bias [hidden], query [hidden]. */
export type AttentionWeights = { kernel: Tensor2D; bias: Tensor1D; query: Tensor1D };

/**
 * Σ attention · step, where attention is the softmax over a row's steps of tanh(step · kernel + bias) · query.
 * @param sequence [time, batch, width]
 * @param lengths [batch], int32; null where each row has all of `time`. What lies past a row's length is never read.
 * @returns [batch, width]; zeros for an empty row
 */
export function attend(sequence: Tensor3D, lengths: Tensor1D | null, weights: AttentionWeights): Tensor2D {
  if (!hasKernel("Attention")) return attendReference(sequence, lengths, weights);
  return runKernel("Attention", { sequence, ...weights }, { lengths, kept: new Kept() }) as Tensor2D;
}

export function attendReference(
  sequence: Tensor3D,
  lengths: Tensor1D | null,
  { kernel, bias, query }: AttentionWeights,
): Tensor2D {
  const [time, batch, width] = sequence.shape;
  const steps = withinLengths(sequence, lengths);
  const mask = maskOf(lengths ?? fill<Rank.R1>([batch], time, "int32"), time); // [time, batch]
  const hidden = tanh(add(matMul(reshape<Rank.R2>(steps, [-1, width]), kernel), bias)); // [time · batch, hidden]
  const scores = reshape<Rank.R2>(sum(mul(hidden, query), 1), [time, batch]);
  const far = fill<Rank.R2>([time, batch], -1e9); // whose exponential is zero beside any other
  const shares = transpose(softmax<Tensor2D>(transpose(where(mask, scores, far)))); // over time
  const attention = mul(shares, cast(mask, "float32")); // zeros in an empty row
  return sum(mul(steps, expandDims(attention, 2)), 0);
}

type Inputs = { sequence: Tensor3D; kernel: Tensor2D; bias: Tensor1D; query: Tensor1D };
type AttentionKept = { lengths: Int32Array | null; activations: Float32Array; attention: Float32Array };
type Attributes = { lengths: Tensor1D | null; kept: Kept<AttentionKept> };

const sizesOf = ({ sequence, kernel }: Pick<Inputs, "sequence" | "kernel">) => {
  const [time, batch, width] = sequence.shape;
  return { time, batch, width, hidden: kernel.shape[1] };
};

export const attentionKernels: KernelConfig[] = [
  {
    kernelName: "Attention",
    backendName: "native",
    kernelFunc: (call) => {
      const inputs = call.inputs as Inputs;
      const { lengths, kept } = call.attrs as unknown as Attributes;
      const native = call.backend as NativeBackend;
      const sizes = sizesOf(inputs);
      const { time, batch, width, hidden } = sizes;
      const output = native.output([batch, width]);
      const keep: AttentionKept = {
        lengths: lengths && native.integers(lengths),
        activations: native.allocate(time * batch * hidden),
        attention: native.allocate(batch * time),
      };
      native.kernels.attentionForward({
        ...sizes,
        ...keep,
        sequence: native.floats(inputs.sequence),
        kernel: native.floats(inputs.kernel),
        bias: native.floats(inputs.bias),
        query: native.floats(inputs.query),
        output: native.floats(output),
      });
      if (kept.recording) kept.keep(keep);
      else for (const buffer of [keep.activations, keep.attention]) native.release(buffer);
      return output;
    },
  },
  {
    kernelName: "AttentionGradient",
    backendName: "native",
    kernelFunc: (call) => {
      const { gradient, ...inputs } = call.inputs as Omit<Inputs, "bias"> & { gradient: Tensor };
      const native = call.backend as NativeBackend;
      const kept = (call.attrs as unknown as Attributes).kept.use();
      const sizes = sizesOf(inputs);
      const shapes = [inputs.sequence.shape, inputs.kernel.shape, [sizes.hidden], [sizes.hidden]];
      const results = shapes.map((shape) => native.output(shape));
      const [sequenceGradient, kernelGradient, biasGradient, queryGradient] = results.map((result) =>
        native.floats(result),
      );
      native.kernels.attentionBackward({
        ...sizes,
        ...kept,
        sequence: native.floats(inputs.sequence),
        kernel: native.floats(inputs.kernel),
        query: native.floats(inputs.query),
        gradient: native.floats(gradient),
        sequenceGradient: sequenceGradient!,
        kernelGradient: kernelGradient!,
        biasGradient: biasGradient!,
        queryGradient: queryGradient!,
      });
      for (const buffer of [kept.activations, kept.attention]) native.release(buffer);
      return results;
    },
  },
];

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
