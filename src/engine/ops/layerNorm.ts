/** @file Layer normalisation (Ba, Kiros & Hinton 2016): y = (x - mean x) / √(variance x + ε) · scale + shift, over the last axis. */
import {
  add,
  div,
  type GradConfig,
  type KernelConfig,
  mean,
  mul,
  sqrt,
  square,
  sub,
  type Tensor,
  type Tensor1D,
} from "../tfjs.js";
import type { NativeBackend } from "../kernelBackend/kernelBackend.js";
import { hasKernel, runKernel } from "./registry.js";

/** PyTorch's ε: keeps the division finite where all units agree. */
const epsilon = 1e-5;

/**
 * @param values [..., width]
 * @param scale [width]
 * @param shift [width]
 * @returns [..., width]
 */
export const normalise = <Values extends Tensor>(values: Values, scale: Tensor1D, shift: Tensor1D): Values =>
  hasKernel("Normalise")
    ? (runKernel("Normalise", { values, scale, shift }) as Values)
    : normaliseReference(values, scale, shift);

export function normaliseReference<Values extends Tensor>(values: Values, scale: Tensor1D, shift: Tensor1D): Values {
  const centred = sub(values, mean(values, -1, true));
  const variance = mean(square(centred), -1, true); // [..., 1]
  return add(mul(div(centred, sqrt(add(variance, epsilon))), scale), shift);
}

const sizesOf = (values: Tensor, scale: Tensor) => ({ rows: values.size / scale.size, width: scale.size, epsilon });

export const normaliseKernels: KernelConfig[] = [
  {
    kernelName: "Normalise",
    backendName: "native",
    kernelFunc: ({ inputs, backend }) => {
      const { values, scale, shift } = inputs as { values: Tensor; scale: Tensor1D; shift: Tensor1D };
      const native = backend as NativeBackend;
      const output = native.output(values.shape);
      native.kernels.normaliseForward({
        ...sizesOf(values, scale),
        input: native.floats(values),
        scale: native.floats(scale),
        shift: native.floats(shift),
        output: native.floats(output),
      });
      return output;
    },
  },
  {
    kernelName: "NormaliseGradient",
    backendName: "native",
    kernelFunc: ({ inputs, backend }) => {
      const { gradient, values, scale } = inputs as { gradient: Tensor; values: Tensor; scale: Tensor1D };
      const native = backend as NativeBackend;
      const sizes = sizesOf(values, scale);
      const gradients = [values, scale, scale].map(({ shape }) => native.output(shape));
      const [inputGradient, scaleGradient, shiftGradient] = gradients.map((result) => native.floats(result));
      const moments = native.allocate(2 * sizes.rows);
      native.kernels.normaliseBackward({
        ...sizes,
        input: native.floats(values),
        scale: native.floats(scale),
        gradient: native.floats(gradient),
        moments,
        inputGradient: inputGradient!,
        scaleGradient: scaleGradient!,
        shiftGradient: shiftGradient!,
      });
      native.release(moments);
      return gradients;
    },
  },
];

export const normaliseGradient: GradConfig = {
  kernelName: "Normalise",
  inputsToSave: ["values", "scale"],
  gradFunc: (gradient, [values, scale]) => {
    const given = { gradient: gradient as Tensor, values: values!, scale: scale! };
    const [ofValues, ofScale, ofShift] = runKernel("NormaliseGradient", given) as Tensor[];
    return { values: () => ofValues!, scale: () => ofScale!, shift: () => ofShift! };
  },
};
