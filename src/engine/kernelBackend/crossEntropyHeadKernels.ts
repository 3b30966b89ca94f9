/** @file The fused head in C: its forward pass computes the gradients too. */
import type { HeadAttributes, HeadInputs } from "../ops/crossEntropyHead.js";
import type { KernelConfig, Tensor, TensorInfo } from "../tfjs.js";
import { kernelConfig } from "./kernelBackend.js";

/** Gradients of inputs, kernel and bias, for a gradient of the loss of 1. */
type Saved = Float32Array[];

export const crossEntropyHeadKernels: KernelConfig[] = [
  kernelConfig(
    "CrossEntropyHead",
    (backend, { inputs, kernel, bias, targets }: HeadInputs, { tied, meanOver, saved }: HeadAttributes<Saved>) => {
      const [rows, width] = inputs.shape;
      const [classes] = bias.shape;
      const gradients = saved.recording
        ? [rows * width, width * classes, classes].map((count) => backend.allocate(count))
        : [];
      const loss = new Float64Array(1);
      backend.kernels.crossEntropyHead({
        rows,
        width,
        classes,
        meanOver: meanOver ?? 0,
        tied,
        inputs: backend.floats(inputs),
        kernel: backend.floats(kernel),
        bias: backend.floats(bias),
        targets: backend.integers(targets),
        loss,
        inputsGradient: gradients[0] ?? null,
        kernelGradient: gradients[1] ?? null,
        biasGradient: gradients[2] ?? null,
      });
      if (saved.recording) saved.save(gradients);
      return backend.makeTensorInfo([], "float32", Float32Array.from(loss));
    },
  ),
  kernelConfig(
    "CrossEntropyHeadGradient",
    (backend, inputs: Omit<HeadInputs, "targets"> & { gradient: Tensor }, { saved }: HeadAttributes<Saved>) => {
      const [factor] = backend.floats(inputs.gradient);
      const shapes = [inputs.inputs, inputs.kernel, inputs.bias].map(({ shape }) => shape);
      return saved.take().map((gradient, index): TensorInfo => {
        if (factor !== 1) for (let element = 0; element < gradient.length; element++) gradient[element]! *= factor!;
        return backend.adopt(shapes[index]!, gradient);
      });
    },
  ),
];
