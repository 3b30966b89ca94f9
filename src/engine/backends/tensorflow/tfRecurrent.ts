/** @file Recurrent layers on TensorFlow: the kernels of the fused operation, for rows of any lengths, in one direction or both. */
import type { CellName } from "../../../common/names.js";
import {
  directionTensors,
  inputCount,
  type Layout,
  type RecurrentAttributes,
  resultsOf,
} from "../../ops/recurrentTensors.js";
import {
  add,
  clone,
  concat,
  dispose,
  keep,
  type KernelConfig,
  type Rank,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
  zeros,
  zerosLike,
} from "../../tfjs.js";
import { residual, rnn, rnnRelu } from "./tfElman.js";
import { gru, gruResetBefore } from "./tfGru.js";
import type { DirectionPass, Layer } from "./tfLayer.js";
import { lstm } from "./tfLstm.js";
import { type Rows, rowsOf } from "./tfRows.js";

/** Cells with an implementation on TensorFlow; other cells run by their equations. */
const layers: Partial<{ [Name in CellName]: Layer }> = {
  rnn,
  "rnn-relu": rnnRelu,
  residual,
  lstm,
  gru,
  "gru-reset-before": gruResetBefore,
};

export const fusedCells: ReadonlySet<string> = new Set(Object.keys(layers));

/** A batch without steps or without rows: the state does not change. */
const empty: Layer = {
  forward: ({ time, batch, initial }) => ({
    states: initial.map((state) => zeros<Rank.R3>([time, batch, state.shape[1]])),
    saved: [],
  }),
  backward: ({ source, weights: { kernel, recurrent, bias }, initial }) => ({
    source: zerosLike(source.values),
    weights: { kernel: zerosLike(kernel), recurrent: zerosLike(recurrent), bias: zerosLike(bias) },
    initial: initial.map((state) => zerosLike(state)),
  }),
};

const layerOf = ({ cell }: Layout, { time, batch }: DirectionPass): Layer =>
  time * batch > 0 ? layers[cell.name as CellName]! : empty; // TF.js calls this for fusedCells only

/** passes: each direction's outputs, in the order in which it reads, and what its layer saved. */
type Saved = {
  lengths: Tensor1D | null;
  tokens: Tensor2D | null;
  passes: { outputs: Tensor3D; saved: Tensor[] }[];
};
type Attributes = RecurrentAttributes<Saved>;
type Call = Parameters<KernelConfig["kernelFunc"]>[0];

/** The arguments of each direction; the second reads each row from its own end. */
function passesOf(list: Tensor[], { layout, lengths, tokens }: Omit<Attributes, "saved" | "masks">) {
  const [sequence] = list as [Tensor, ...Tensor[]];
  const [time, batch] = (tokens ?? sequence).shape as [number, number];
  const rows = rowsOf(lengths, time, batch);
  const read = rows.masked((tokens ?? sequence) as Tensor3D);
  return {
    rows,
    directions: directionTensors(list, layout).map(({ kernel, recurrent, bias, initial }, index): DirectionPass => {
      const inOrder = index === 1 ? rows.reversed(read) : read;
      const source = tokens ? { values: sequence, tokens: inOrder } : { values: inOrder, tokens: null };
      const units = recurrent.shape[0];
      const none = Array.from({ length: layout.cell.states }, () => zeros<Tensor2D["rankType"]>([batch, units]));
      return {
        source: source as DirectionPass["source"],
        time,
        batch,
        initial: initial.length > 0 ? (initial as Tensor2D[]) : none,
        weights: { kernel: kernel as Tensor2D, recurrent: recurrent as Tensor2D, bias },
      };
    }),
  };
}

function forward({ inputs, attrs }: Call): Tensor[] {
  const attributes = attrs as unknown as Attributes;
  const { layout, saved, lengths, tokens } = attributes;
  return tidy(() => {
    const { rows, directions } = passesOf(inputs as unknown as Tensor[], attributes);
    const passes = directions.map((pass) => {
      const { states, saved: buffers } = layerOf(layout, pass).forward(pass);
      const outputs = rows.masked(states[0]!);
      const last = states.map((state, index) => rows.last(state, pass.initial[index]!));
      return { outputs, last, saved: buffers };
    });
    if (saved.recording) {
      const needed: Saved = {
        lengths: lengths && clone(lengths),
        tokens: tokens && clone(tokens),
        passes: passes.map((pass) => ({ outputs: clone(pass.outputs), saved: pass.saved })),
      };
      for (const tensor of tensorsOf(needed)) keep(tensor);
      saved.save(needed);
    }
    const last = passes.flatMap((pass) => pass.last);
    if (!layout.steps) return last;
    const inTime = passes.map(({ outputs }, index) => inOrder(rows, outputs, index));
    return [concat(inTime, 2), ...last];
  });
}

const tensorsOf = ({ lengths, tokens, passes }: Saved): Tensor[] =>
  [lengths, tokens, ...passes.flatMap(({ outputs, saved }) => [outputs, ...saved])].filter((tensor) => tensor !== null);

function backward({ inputs, attrs }: Call): Tensor[] {
  const { layout, saved } = attrs as unknown as Attributes;
  const { states } = layout.cell;
  const list = inputs as unknown as Tensor[]; // as in the forward pass, then its first result and the gradients of all
  const [, ...resultGradients] = list.slice(inputCount(layout));
  const [outputsGradient, lastGradients] = resultsOf(resultGradients, layout);
  const needed = saved.take();
  const gradients = tidy(() => {
    const { rows, directions } = passesOf(list.slice(0, inputCount(layout)), { layout, ...needed });
    const all = directions.map((pass, index) => {
      const { outputs, saved: buffers } = needed.passes[index]!;
      const last = lastGradients.slice(index * states, (index + 1) * states) as Tensor2D[];
      const part = outputsGradient && partOf(outputsGradient as Tensor3D, index, outputs.shape[2]);
      const steps = part && inOrder(rows, rows.masked(part), index);
      const stateGradients = last.map((gradient, state) => rows.stateGradient(gradient, state === 0 ? steps : null));
      const { source, weights, initial } = layerOf(layout, pass).backward(pass, outputs, buffers, stateGradients);
      const given = layout.initial[index]
        ? initial.map((gradient, state) => rows.initialGradient(gradient, last[state]!))
        : [];
      return { source: needed.tokens ? source : inOrder(rows, source, index), weights, given };
    });
    const [first, second] = all.map(({ source }) => source);
    const sourceGradient = second ? add(first!, second) : first!;
    return [
      sourceGradient,
      ...all.flatMap(({ weights: { kernel, recurrent, bias }, given }) => [kernel, recurrent, bias, ...given]),
    ];
  });
  dispose(tensorsOf(needed));
  return gradients;
}

/** From the order of time to the order in which a direction reads, or back. */
const inOrder = <Sequence extends Tensor>(rows: Rows, sequence: Sequence, index: number): Sequence =>
  index === 1 ? rows.reversed(sequence) : sequence;

/** A direction's columns of [time, batch, directions · units]. */
const partOf = (outputs: Tensor3D, index: number, units: number): Tensor3D =>
  outputs.shape[2] === units
    ? outputs
    : slice(outputs, [0, 0, index * units], [outputs.shape[0], outputs.shape[1], units]);

export const recurrentKernels: KernelConfig[] = [
  { kernelName: "Recurrent", backendName: "tensorflow", kernelFunc: forward },
  { kernelName: "RecurrentGradient", backendName: "tensorflow", kernelFunc: backward },
];
