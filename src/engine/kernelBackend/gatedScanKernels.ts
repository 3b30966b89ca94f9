/** @file The scan of element-wise cells in C. */
import { type ScanAttributes, type ScanLayout, scanTensors, type ScanTensors } from "../ops/gatedScan.js";
import type { KernelConfig, TensorInfo } from "../tfjs.js";
import { type KernelBackend, kernelConfig } from "./kernelBackend.js";

/** memories: after each step, [time, batch, units]. */
type Saved = { lengths: Int32Array | null; memories: Float32Array };
type Attributes = ScanAttributes<Saved>;

function argumentsOf(backend: KernelBackend, tensors: ScanTensors<TensorInfo>, layout: ScanLayout) {
  const [time, batch, columns] = tensors.sums.shape as [number, number, number];
  const { kind, units, backwards, lowerBound } = layout;
  const floats = (tensor: TensorInfo | null) => tensor && backend.floats(tensor);
  return {
    sizes: { kind, time, batch, units, columns, backwards, lowerBound },
    read: {
      sums: backend.floats(tensors.sums),
      bias: backend.floats(tensors.bias),
      vectors: floats(tensors.vectors),
      input: floats(tensors.input),
      initial: floats(tensors.initial),
    },
  };
}

const forward = kernelConfig("GatedScan", (backend, list: TensorInfo[], { layout, lengths, saved }: Attributes) => {
  const { sizes, read } = argumentsOf(backend, scanTensors(list, layout)[0], layout);
  const { time, batch, units } = sizes;
  const outputs = backend.output([time, batch, units]);
  const last = [backend.output([batch, units]), backend.output([batch, units])] as const;
  const memories = saved.recording ? backend.allocate(time * batch * units) : null;
  const integers = lengths && backend.integers(lengths);
  backend.kernels.gatedScanForward({
    ...sizes,
    ...read,
    lengths: integers,
    outputs: backend.floats(outputs),
    memories,
    lastOutput: backend.floats(last[0]),
    lastMemory: backend.floats(last[1]),
  });
  if (memories) saved.save({ lengths: integers, memories });
  return [outputs, ...last];
});

const backward = kernelConfig("GatedScanGradient", (backend, all: TensorInfo[], { layout, saved }: Attributes) => {
  const [tensors, gradients] = scanTensors(all, layout);
  const { sizes, read } = argumentsOf(backend, tensors, layout);
  const { batch, units } = sizes;
  const { lengths, memories } = saved.take();
  const [outputsGradient, lastOutputGradient, lastMemoryGradient] = gradients.map((one) => backend.floats(one));
  const sumsGradient = backend.output(tensors.sums.shape);
  const inputGradient = tensors.input && backend.output(tensors.input.shape);
  const initialGradient = tensors.initial && backend.output(tensors.initial.shape);
  const unseen = initialGradient ? null : backend.allocate(batch * units);
  const vectorCount = tensors.vectors ? 2 * units : 0;
  const biasCount = read.bias.length;
  const rowGradients = backend.allocate(batch * (vectorCount + biasCount));
  const parameters = backend.allocate(vectorCount + biasCount);
  backend.kernels.gatedScanBackward({
    ...sizes,
    ...read,
    lengths,
    memories,
    outputsGradient: outputsGradient!,
    lastOutputGradient: lastOutputGradient!,
    lastMemoryGradient: lastMemoryGradient!,
    sumsGradient: backend.floats(sumsGradient),
    inputGradient: inputGradient && backend.floats(inputGradient),
    initialGradient: initialGradient ? backend.floats(initialGradient) : unseen!,
    rowGradients,
    parametersGradient: parameters,
  });
  const part = (from: number, { shape }: TensorInfo): TensorInfo => {
    const result = backend.output(shape);
    const values = backend.floats(result);
    values.set(parameters.subarray(from, from + values.length));
    return result;
  };
  const biasGradient = part(vectorCount, tensors.bias);
  const vectorsGradient = tensors.vectors && part(0, tensors.vectors);
  for (const buffer of [memories, rowGradients, parameters, ...(unseen ? [unseen] : [])]) backend.release(buffer);
  return [sumsGradient, biasGradient, vectorsGradient, inputGradient, initialGradient].filter((one) => one !== null);
});

export const gatedScanKernels: KernelConfig[] = [forward, backward];
