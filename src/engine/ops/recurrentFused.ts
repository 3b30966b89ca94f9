/** @file The kernels of recurrent layers: which cells are fused, and how TF.js runs a layer of them and its gradient. */
import {
  type GradConfig,
  type KernelConfig,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type TensorInfo,
} from "../tfjs.js";
import type { CellName } from "../../common/names.js";
import type { NativeBackend } from "../kernelBackend/kernelBackend.js";
import type { Cell, Direction, State } from "./cell.js";
import {
  type FusedCell,
  type Layout,
  readings,
  type RecurrentAttributes,
  resultsOf,
  sizeOf,
  type Weights,
} from "./recurrentLayout.js";
import { hasKernel, Kept, runKernel } from "./registry.js";

/** Floats that the way back needs of a step, in multiples of the units: the fused cells, by name (src/kernels/cells.def). */
const keptWidths: { [K in CellName]: number } = {
  rnn: 1,
  "rnn-relu": 1,
  residual: 1,
  lstm: 5,
  gru: 6,
  "gru-reset-before": 4,
};

/** Whether the active backend computes a cell fused. */
export const isFused = (cell: Cell): cell is FusedCell =>
  Object.hasOwn(keptWidths, cell.name) && hasKernel("Recurrent");

/** What the way back needs of the forward pass: the integers, each direction's activations, and outputs that are no tensor. */
type RecurrentKept = {
  lengths: Int32Array | null;
  tokens: Int32Array | null;
  activations: Float32Array[];
  outputs: Float32Array | null;
};

/**
 * As `recurrent`, for a cell that the active backend computes fused.
 * @param sequence [time, batch, inputs]; with tokens, the table [vocabulary, inputs] of which each place has the row that its token says
 * @param tokens [time, batch], int32, or null
 */
export function recurrentFused(
  cell: FusedCell,
  sequence: Tensor2D | Tensor3D,
  tokens: Tensor2D | null,
  lengths: Tensor1D | null,
  directions: Direction[],
  { training, steps }: { training: boolean; steps: boolean },
): { outputs: Tensor3D | null; last: State[] } {
  const inputs = [
    sequence,
    ...directions.flatMap(({ weights, initial }) => [
      weights.kernel,
      weights.recurrent,
      weights.bias,
      ...(initial ?? []),
    ]),
  ];
  const layout: Layout = { cell, initial: directions.map(({ initial }) => initial !== undefined), steps };
  const attributes: RecurrentAttributes<unknown> = { layout, kept: new Kept(training), lengths, tokens };
  const results = runKernel("Recurrent", inputs, attributes) as Tensor[];
  const [outputs, last] = resultsOf(results, layout);
  return {
    outputs: outputs as Tensor3D | null,
    last: directions.map((_, index) => last.slice(index * cell.states, (index + 1) * cell.states) as State),
  };
}

/** One direction: it writes the columns offset … offset + units of outputs [time, batch, stride]. */
function shapeOf(layout: Layout, sequence: TensorInfo, tokens: Tensor2D | null, { recurrent }: Weights<TensorInfo>) {
  const [time, batch] = (tokens ?? sequence).shape as [number, number];
  const units = recurrent.shape[0]!;
  const stride = layout.initial.length * units;
  const vocabulary = tokens ? sequence.shape[0]! : 0;
  return { cell: layout.cell.name, time, batch, inputs: sequence.shape.at(-1)!, units, stride, vocabulary };
}

const forwardKernel: KernelConfig = {
  kernelName: "Recurrent",
  backendName: "native",
  kernelFunc: ({ inputs, attrs, backend }) => {
    const native = backend as NativeBackend;
    const { layout, kept, ...integers } = attrs as unknown as RecurrentAttributes<RecurrentKept>;
    const list = inputs as unknown as TensorInfo[];
    const sequence = list[0]!;
    const directions = readings(list, layout);
    const shape = shapeOf(layout, sequence, integers.tokens, directions[0]!);
    const { cell, time, batch, stride, units } = shape;

    const outputs = layout.steps ? native.output([time, batch, stride]) : null;
    const room = !outputs && kept.recording ? native.allocate(time * batch * stride) : null; // the way back reads them
    const last = directions.map(() => Array.from({ length: layout.cell.states }, () => native.output([batch, units])));
    const width = keptWidths[cell];
    const activations = directions.map(() => (kept.recording ? native.allocate(time * batch * width * units) : null));
    const lengths = integers.lengths && native.integers(integers.lengths);
    const tokens = integers.tokens && native.integers(integers.tokens);
    for (const [index, { kernel, recurrent, bias, initial }] of directions.entries()) {
      const [initialHidden = null, initialCell = null] = initial.map((tensor) => native.floats(tensor));
      const [lastHidden, lastCell = null] = last[index]!.map((tensor) => native.floats(tensor));
      native.kernels.recurrentForward({
        ...shape,
        offset: index * units,
        backwards: index === 1,
        tokens,
        sequence: native.floats(sequence),
        lengths,
        kernel: native.floats(kernel),
        recurrent: native.floats(recurrent),
        bias: native.floats(bias),
        initialHidden,
        initialCell,
        outputs: outputs ? native.floats(outputs) : room,
        kept: activations[index]!,
        lastHidden: lastHidden!,
        lastCell,
      });
    }
    if (kept.recording) kept.keep({ lengths, tokens, activations: activations as Float32Array[], outputs: room });
    return outputs ? [outputs, ...last.flat()] : last.flat();
  },
};

const backwardKernel: KernelConfig = {
  kernelName: "RecurrentGradient",
  backendName: "native",
  kernelFunc: ({ inputs, attrs, backend }) => {
    const native = backend as NativeBackend;
    const { layout, kept, tokens: given } = attrs as unknown as RecurrentAttributes<RecurrentKept>;
    const { states } = layout.cell;
    const list = inputs as unknown as TensorInfo[]; // as in the forward pass, then its first result and the gradients of all
    const [first, ...resultGradients] = list.slice(sizeOf(layout));
    const [outputsGradient, lastGradients] = resultsOf(resultGradients, layout);
    const sequence = list[0]!;
    const gradients = list.slice(0, sizeOf(layout)).map(({ shape }) => native.output(shape));
    const into = readings(gradients, layout);
    const directions = readings(list, layout);
    const shape = shapeOf(layout, sequence, given, directions[0]!);
    const { lengths, tokens, activations, outputs } = kept.use();
    const pair = (tensors: readonly TensorInfo[]) => tensors.map((tensor) => native.floats(tensor));

    for (const [index, { kernel, recurrent, initial }] of directions.entries()) {
      const [initialHidden = null, initialCell = null] = pair(initial);
      const [initialHiddenGradient = null, initialCellGradient = null] = pair(into[index]!.initial);
      const [lastHiddenGradient = null, lastCellGradient = null] = pair(
        lastGradients.slice(index * states, (index + 1) * states),
      );
      native.kernels.recurrentBackward({
        ...shape,
        offset: index * shape.units,
        backwards: index === 1,
        accumulate: index === 1,
        tokens,
        sequence: native.floats(sequence),
        lengths,
        kernel: native.floats(kernel),
        recurrent: native.floats(recurrent),
        initialHidden,
        initialCell,
        outputs: outputs ?? native.floats(first!),
        kept: activations[index]!,
        outputsGradient: outputsGradient && native.floats(outputsGradient),
        lastHiddenGradient,
        lastCellGradient,
        sequenceGradient: native.floats(gradients[0]!),
        kernelGradient: native.floats(into[index]!.kernel),
        recurrentGradient: native.floats(into[index]!.recurrent),
        biasGradient: native.floats(into[index]!.bias),
        initialHiddenGradient,
        initialCellGradient,
      });
      native.release(activations[index]!);
    }
    if (outputs) native.release(outputs);
    return gradients;
  },
};

export const recurrentKernels: KernelConfig[] = [forwardKernel, backwardKernel];

export const recurrentGradient: GradConfig = {
  kernelName: "Recurrent",
  saveAllInputs: true,
  outputsToSave: [true],
  gradFunc: (gradients, saved, attributes) => {
    const all: Tensor[] = Array.isArray(gradients) ? gradients : [gradients]; // of one result it is no list
    const given = [...saved, ...all];
    const results = runKernel("RecurrentGradient", given, attributes) as Tensor[];
    return Object.fromEntries(results.map((result, index) => [index, () => result]));
  },
};
