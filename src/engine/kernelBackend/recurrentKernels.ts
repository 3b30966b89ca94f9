/** @file Recurrent layers in C: the fused cells, and a layer's forward and backward pass. */
import type { CellName } from "../../common/names.js";
import {
  directionTensors,
  type DirectionTensors,
  inputCount,
  type Layout,
  type RecurrentAttributes,
  resultsOf,
} from "../ops/recurrentTensors.js";
import type { KernelConfig, Tensor2D, TensorInfo } from "../tfjs.js";
import { type KernelBackend, kernelConfig } from "./kernelBackend.js";
import { type RecurrentSizes, runForward } from "./recurrentForward.js";

/** Floats that a step saves for the backward pass, in multiples of the units: the cells of src/kernels/cells.def, by name. */
const savedWidths: Partial<{ [Name in CellName]: number }> = {
  rnn: 1,
  "rnn-relu": 1,
  residual: 1,
  lstm: 5,
  gru: 6,
  "gru-reset-before": 4,
};

/** The cells with kernels; other cells run by their equations. */
export const fusedCells: ReadonlySet<string> = new Set(Object.keys(savedWidths));

/** activations: the values that each direction saves; masks: copies, since their tensors may not last; outputs: the outputs, if the forward pass returned none. */
type Saved = {
  lengths: Int32Array | null;
  tokens: Int32Array | null;
  activations: Float32Array[];
  masks: (Float32Array | null)[];
  outputs: Float32Array | null;
};

function sizesOf(
  layout: Layout,
  sequence: TensorInfo,
  tokens: Tensor2D | null,
  { recurrent }: DirectionTensors<TensorInfo>,
): RecurrentSizes {
  const [time, batch] = (tokens ?? sequence).shape as [number, number];
  const units = recurrent.shape[0]!;
  const vocabulary = tokens ? sequence.shape[0]! : 0;
  const cell = layout.cell.name as CellName; // one of fusedCells
  return { cell, time, batch, inputs: sequence.shape.at(-1)!, units, vocabulary };
}

const forwardKernel = kernelConfig(
  "Recurrent",
  (backend, list: TensorInfo[], { layout, saved, masks, ...integers }: RecurrentAttributes<Saved>) => {
    const sequence = list[0]!;
    const directions = directionTensors(list, layout);
    const sizes = sizesOf(layout, sequence, integers.tokens, directions[0]!);
    const { cell, time, batch, units } = sizes;
    const stride = directions.length * units;

    const outputs = layout.steps ? backend.output([time, batch, stride]) : null;
    const unseenOutputs = !outputs && saved.recording ? backend.allocate(time * batch * stride) : null; // the backward pass reads them
    const last = directions.map(() => Array.from({ length: layout.cell.states }, () => backend.output([batch, units])));
    const width = savedWidths[cell] ?? 0;
    const activations = directions.map(() => (saved.recording ? backend.allocate(time * batch * width * units) : null));
    const lengths = integers.lengths && backend.integers(integers.lengths);
    const tokens = integers.tokens && backend.integers(integers.tokens);
    const floats = (tensor: TensorInfo) => backend.floats(tensor);
    runForward(
      backend.kernels,
      sizes,
      { sequence: floats(sequence), tokens, lengths },
      outputs ? floats(outputs) : unseenOutputs,
      directions.map(({ kernel, recurrent, bias, initial }, index) => ({
        kernel: floats(kernel),
        recurrent: floats(recurrent),
        bias: floats(bias),
        mask: masks[index] ? floats(masks[index]) : null,
        initial: initial.map(floats),
        saved: activations[index]!,
        last: last[index]!.map(floats),
      })),
    );
    if (saved.recording)
      saved.save({
        lengths,
        tokens,
        activations: activations as Float32Array[],
        masks: masks.map((mask) => mask && copyOf(backend, mask)),
        outputs: unseenOutputs,
      });
    return outputs ? [outputs, ...last.flat()] : last.flat();
  },
);

function copyOf(backend: KernelBackend, tensor: TensorInfo): Float32Array {
  const values = backend.floats(tensor);
  const copy = backend.allocate(values.length);
  copy.set(values);
  return copy;
}

/** Inputs: those of the forward pass, then the first result and the gradients of all results. */
const backwardKernel = kernelConfig(
  "RecurrentGradient",
  (backend, list: TensorInfo[], { layout, saved, tokens: given }: RecurrentAttributes<Saved>) => {
    const { states } = layout.cell;
    const [first, ...resultGradients] = list.slice(inputCount(layout));
    const [outputsGradient, lastGradients] = resultsOf(resultGradients, layout);
    const sequence = list[0]!;
    const gradients = list.slice(0, inputCount(layout)).map(({ shape }) => backend.output(shape));
    const gradientsOf = directionTensors(gradients, layout);
    const directions = directionTensors(list, layout);
    const sizes = sizesOf(layout, sequence, given, directions[0]!);
    const { lengths, tokens, activations, masks, outputs } = saved.take();
    const floats = (tensors: readonly TensorInfo[]) => tensors.map((tensor) => backend.floats(tensor));

    for (const [index, { kernel, recurrent, initial }] of directions.entries()) {
      const [initialHidden = null, initialCell = null] = floats(initial);
      const [initialHiddenGradient = null, initialCellGradient = null] = floats(gradientsOf[index]!.initial);
      const [lastHiddenGradient = null, lastCellGradient = null] = floats(
        lastGradients.slice(index * states, (index + 1) * states),
      );
      backend.kernels.recurrentBackward({
        ...sizes,
        stride: directions.length * sizes.units,
        offset: index * sizes.units,
        backwards: index === 1,
        accumulate: index === 1,
        tokens,
        sequence: backend.floats(sequence),
        lengths,
        kernel: backend.floats(kernel),
        recurrent: backend.floats(recurrent),
        mask: masks[index]!,
        initialHidden,
        initialCell,
        outputs: outputs ?? backend.floats(first!),
        saved: activations[index]!,
        outputsGradient: outputsGradient && backend.floats(outputsGradient),
        lastHiddenGradient,
        lastCellGradient,
        sequenceGradient: backend.floats(gradients[0]!),
        kernelGradient: backend.floats(gradientsOf[index]!.kernel),
        recurrentGradient: backend.floats(gradientsOf[index]!.recurrent),
        biasGradient: backend.floats(gradientsOf[index]!.bias),
        initialHiddenGradient,
        initialCellGradient,
      });
      backend.release(activations[index]!);
    }
    for (const buffer of [outputs, ...masks]) if (buffer) backend.release(buffer);
    return gradients;
  },
);

export const recurrentKernels: KernelConfig[] = [forwardKernel, backwardKernel];
