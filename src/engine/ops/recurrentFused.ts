/** @file The kernels of recurrent layers: which cells have one, and how TF.js runs it and its gradient. */
import {
  type GradConfig,
  type KernelConfig,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
  type TensorInfo,
} from "../tfjs.js";
import type { NativeBackend } from "../native/backend.js";
import type { Direction, RecurrentResult, State } from "./cell.js";
import { type FusedCell, lstm, type ReadingShape } from "./lstm.js";
import { Kept, runKernel } from "./registry.js";

/** By the cell's name. */
export const fusedCells: Record<string, FusedCell | undefined> = { lstm };

/** What the way back needs of the forward pass: the lengths, and each direction's activations. */
type RecurrentKept = { lengths: Int32Array | null; activations: Float32Array[][] };

/** How the tensors of a layer stand in one list: the sequence, then for each direction its weights and, where given, its initial state. */
type Layout = { initial: boolean[]; states: number };
type Attributes = { layout: Layout; kept: Kept<RecurrentKept>; lengths: Tensor1D | null };

/** As `recurrent`, for a cell that the active backend has a kernel for. */
export function recurrentFused(
  cell: FusedCell,
  sequence: Tensor3D,
  lengths: Tensor1D | null,
  directions: Direction[],
  training: boolean,
): RecurrentResult {
  const inputs = [
    sequence,
    ...directions.flatMap(({ weights, initial }) => [
      weights.kernel,
      weights.recurrent,
      weights.bias,
      ...(initial ?? []),
    ]),
  ];
  const layout = { initial: directions.map(({ initial }) => initial !== undefined), states: cell.states };
  const attributes: Attributes = { layout, kept: new Kept(training), lengths };
  const [outputs, ...last] = runKernel(cell.kernel, inputs, attributes) as Tensor[];
  return {
    outputs: outputs as Tensor3D,
    last: directions.map((_, index) => last.slice(index * cell.states, (index + 1) * cell.states) as State),
  };
}

type Reading<Item> = { kernel: Item; recurrent: Item; bias: Item; initial: Item[] };

/** The list of `recurrentFused` again as what it is made of. */
function readings<Item>(list: readonly Item[], { initial, states }: Layout): Reading<Item>[] {
  let next = 1;
  return initial.map((given) => {
    const [kernel, recurrent, bias, ...state] = list.slice(next, (next += given ? 3 + states : 3));
    return { kernel: kernel!, recurrent: recurrent!, bias: bias!, initial: state };
  });
}

function shapeOf(sequence: TensorInfo, recurrent: TensorInfo, directions: number, index: number): ReadingShape {
  const [time, batch, inputs] = sequence.shape as [number, number, number];
  const units = recurrent.shape[0]!;
  return { time, batch, inputs, units, stride: directions * units, offset: index * units, backwards: index === 1 };
}

const forwardKernel = (cell: FusedCell): KernelConfig => ({
  kernelName: cell.kernel,
  backendName: "native",
  kernelFunc: ({ inputs, attrs, backend }) => {
    const native = backend as NativeBackend;
    const { layout, kept, lengths } = attrs as unknown as Attributes;
    const list = inputs as unknown as TensorInfo[];
    const sequence = list[0]!;
    const directions = readings(list, layout);
    const shapes = directions.map(({ recurrent }, index) => shapeOf(sequence, recurrent, directions.length, index));
    const { time, batch, stride, units } = shapes[0]!;

    const outputs = native.output([time, batch, stride]);
    const last = directions.map(() => Array.from({ length: cell.states }, () => native.output([batch, units])));
    const activations = shapes.map((shape) =>
      kept.recording ? cell.activations(shape).map((count) => native.allocate(count)) : [],
    );
    const steps = lengths && native.integers(lengths);
    for (const [index, { kernel, recurrent, bias, initial }] of directions.entries()) {
      cell.forward(native.kernels, shapes[index]!, {
        sequence: native.floats(sequence),
        lengths: steps,
        kernel: native.floats(kernel),
        recurrent: native.floats(recurrent),
        bias: native.floats(bias),
        initial: initial.map((tensor) => native.floats(tensor)),
        outputs: native.floats(outputs),
        activations: activations[index]!,
        last: last[index]!.map((tensor) => native.floats(tensor)),
      });
    }
    if (kept.recording) kept.keep({ lengths: steps, activations });
    return [outputs, ...last.flat()];
  },
});

const backwardKernel = (cell: FusedCell): KernelConfig => ({
  kernelName: `${cell.kernel}Gradient`,
  backendName: "native",
  kernelFunc: ({ inputs, attrs, backend }) => {
    const native = backend as NativeBackend;
    const { layout, kept } = attrs as unknown as Attributes;
    const list = inputs as unknown as TensorInfo[]; // as in the forward pass, then outputs and the gradients of all results
    const size = 1 + layout.initial.reduce((sum, given) => sum + (given ? 3 + layout.states : 3), 0);
    const [outputs, outputsGradient, ...lastGradients] = list.slice(size);
    const sequence = list[0]!;
    const gradients = list.slice(0, size).map(({ shape }) => native.output(shape));
    const into = readings(gradients, layout);
    const { lengths, activations } = kept.use();

    for (const [index, { kernel, recurrent, initial }] of readings(list, layout).entries()) {
      const given = (tensors: TensorInfo[]): Float32Array[] => tensors.map((tensor) => native.floats(tensor));
      cell.backward(native.kernels, shapeOf(sequence, recurrent, layout.initial.length, index), {
        accumulate: index === 1,
        sequence: native.floats(sequence),
        lengths,
        kernel: native.floats(kernel),
        recurrent: native.floats(recurrent),
        initial: given(initial),
        outputs: native.floats(outputs!),
        activations: activations[index]!,
        outputsGradient: native.floats(outputsGradient!),
        lastGradient: given(lastGradients.slice(index * layout.states, (index + 1) * layout.states)),
        sequenceGradient: native.floats(gradients[0]!),
        kernelGradient: native.floats(into[index]!.kernel),
        recurrentGradient: native.floats(into[index]!.recurrent),
        biasGradient: native.floats(into[index]!.bias),
        initialGradient: given(into[index]!.initial),
      });
      for (const buffer of activations[index]!) native.release(buffer);
    }
    return gradients;
  },
});

const gradientOf = (cell: FusedCell): GradConfig => ({
  kernelName: cell.kernel,
  saveAllInputs: true,
  outputsToSave: [true],
  gradFunc: (gradients, saved, attributes) => {
    const results = runKernel(
      `${cell.kernel}Gradient`,
      [...saved, ...(gradients as unknown as Tensor[])],
      attributes,
    ) as Tensor[];
    return Object.fromEntries(results.map((result, index) => [index, () => result]));
  },
});

const cells = Object.values(fusedCells).filter((cell) => cell !== undefined);
export const recurrentKernels: KernelConfig[] = cells.flatMap((cell) => [forwardKernel(cell), backwardKernel(cell)]);
export const recurrentGradients: GradConfig[] = cells.map(gradientOf);
