/** @file Dense layer, softmax and cross-entropy in one pass that never holds all logits. */
import {
  add,
  cast,
  div,
  engine,
  equal,
  expandDims,
  type GradConfig,
  type KernelConfig,
  logSoftmax,
  matMul,
  maximum,
  neg,
  notEqual,
  range,
  type Scalar,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type TensorInfo,
  where,
  zerosLike,
} from "../tfjs.js";
import type { NativeBackend } from "../kernelBackend/kernelBackend.js";
import { hasKernel, Kept, runKernel } from "./registry.js";

/**
 * Mean of -log softmax(inputs · kernel + bias)[target] over the rows whose target is not -1; 0 where there is none.
 * @param inputs [rows, width]
 * @param kernel [width, classes]; tied to an embedding, its table [classes, width]
 * @param bias [classes]
 * @param targets [rows], int32, each -1…classes - 1
 * @param options.tied whether the kernel is an embedding's table
 * @param options.training whether to compute the gradients in the same pass; by default, whether one is being recorded
 */
export function crossEntropyHead(
  inputs: Tensor2D,
  kernel: Tensor2D,
  bias: Tensor1D,
  targets: Tensor1D,
  { training = engine().isTapeOn(), tied = false }: { training?: boolean; tied?: boolean } = {},
): Scalar {
  if (!hasKernel("CrossEntropyHead")) return crossEntropyHeadReference(inputs, kernel, bias, targets, { tied });
  return runKernel("CrossEntropyHead", { inputs, kernel, bias, targets }, { tied, kept: new Kept(training) }) as Scalar;
}

export function crossEntropyHeadReference(
  inputs: Tensor2D,
  kernel: Tensor2D,
  bias: Tensor1D,
  targets: Tensor1D,
  { tied = false }: { tied?: boolean } = {},
): Scalar {
  const [classes] = bias.shape;
  const surprises = neg(logSoftmax<Tensor2D>(add(matMul(inputs, kernel, false, tied), bias))); // [rows, classes]
  const counts = notEqual(targets, -1); // [rows]
  const chosen = equal(expandDims(targets, 1), expandDims(range(0, classes, 1, "int32"), 0)); // [rows, classes]
  const total = sum<Scalar>(where(chosen, surprises, zerosLike(surprises)));
  return div(total, maximum(sum(cast(counts, "float32")), 1));
}

type HeadInputs = { inputs: Tensor2D; kernel: Tensor2D; bias: Tensor1D; targets: Tensor1D };
type HeadKept = { tied: boolean; kept: Kept<Float32Array[]> };

export const crossEntropyHeadKernels: KernelConfig[] = [
  {
    kernelName: "CrossEntropyHead",
    backendName: "native",
    kernelFunc: (call) => {
      const { inputs, kernel, bias, targets } = call.inputs as HeadInputs;
      const { tied, kept } = call.attrs as unknown as HeadKept;
      const native = call.backend as NativeBackend;
      const [rows, width] = inputs.shape;
      const [classes] = bias.shape;
      const gradients = kept.recording
        ? [rows * width, width * classes, classes].map((count) => native.allocate(count))
        : [];
      const loss = new Float64Array(1);
      native.kernels.crossEntropyHead({
        rows,
        width,
        classes,
        tied,
        inputs: native.floats(inputs),
        kernel: native.floats(kernel),
        bias: native.floats(bias),
        targets: native.integers(targets),
        loss,
        inputsGradient: gradients[0] ?? null,
        kernelGradient: gradients[1] ?? null,
        biasGradient: gradients[2] ?? null,
      });
      if (kept.recording) kept.keep(gradients);
      return native.makeTensorInfo([], "float32", Float32Array.from(loss));
    },
  },
  {
    kernelName: "CrossEntropyHeadGradient",
    backendName: "native",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const native = backend as NativeBackend;
      const [factor] = native.floats(inputs["gradient"]!);
      const shapes = [inputs["inputs"]!, inputs["kernel"]!, inputs["bias"]!].map(({ shape }) => shape);
      return (attrs as unknown as HeadKept).kept.use().map((gradient, index): TensorInfo => {
        if (factor !== 1) for (let position = 0; position < gradient.length; position++) gradient[position]! *= factor!;
        return native.adopt(shapes[index]!, gradient);
      });
    },
  },
];

export const crossEntropyHeadGradient: GradConfig = {
  kernelName: "CrossEntropyHead",
  inputsToSave: ["inputs", "kernel", "bias"],
  gradFunc: (gradient, [inputs, kernel, bias], attributes) => {
    const [ofInputs, ofKernel, ofBias] = runKernel(
      "CrossEntropyHeadGradient",
      { inputs: inputs!, kernel: kernel!, bias: bias!, gradient: gradient as Tensor },
      attributes,
    ) as Tensor[];
    return { inputs: () => ofInputs!, kernel: () => ofKernel!, bias: () => ofBias! };
  },
};
