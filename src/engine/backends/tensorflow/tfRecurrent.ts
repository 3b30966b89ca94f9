/** @file Recurrent layers on TensorFlow: the fused operation's kernels, for rows of any lengths, in one direction or both. */
import type { CellName } from "../../../common/names.js";
import { type Layout, readings, type RecurrentAttributes, resultsOf, sizeOf } from "../../ops/recurrentLayout.js";
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
import type { Layer, Reading } from "./tfLayer.js";
import { lstm } from "./tfLstm.js";
import { type Rows, rowsOf } from "./tfRows.js";

const layers: { [K in CellName]: Layer } = {
  rnn,
  "rnn-relu": rnnRelu,
  residual,
  lstm,
  gru,
  "gru-reset-before": gruResetBefore,
};

/** No steps, or no rows: the state stays what it was. */
const empty: Layer = {
  forward: ({ time, batch, initial }) => ({
    states: initial.map((state) => zeros<Rank.R3>([time, batch, state.shape[1]])),
    kept: [],
  }),
  backward: ({ source, weights: { kernel, recurrent, bias }, initial }) => ({
    source: zerosLike(source.values),
    weights: { kernel: zerosLike(kernel), recurrent: zerosLike(recurrent), bias: zerosLike(bias) },
    initial: initial.map((state) => zerosLike(state)),
  }),
};

const layerOf = ({ cell }: Layout, { time, batch }: Reading): Layer => (time * batch > 0 ? layers[cell.name] : empty);

/** Of each direction its outputs in the order in which it reads, and what else its way back needs. */
type RecurrentKept = {
  lengths: Tensor1D | null;
  tokens: Tensor2D | null;
  passes: { outputs: Tensor3D; kept: Tensor[] }[];
};
type Attributes = RecurrentAttributes<RecurrentKept>;
type Call = Parameters<KernelConfig["kernelFunc"]>[0];

/** What each direction reads; the second from each row's own end. */
function readingsOf(list: Tensor[], { layout, lengths, tokens }: Omit<Attributes, "kept">) {
  const [sequence] = list as [Tensor, ...Tensor[]];
  const [time, batch] = (tokens ?? sequence).shape as [number, number];
  const rows = rowsOf(lengths, time, batch);
  const read = rows.cleared((tokens ?? sequence) as Tensor3D);
  return {
    rows,
    directions: readings(list, layout).map(({ kernel, recurrent, bias, initial }, index): Reading => {
      const inOrder = index === 1 ? rows.turned(read) : read;
      const source = tokens ? { values: sequence, tokens: inOrder } : { values: inOrder, tokens: null };
      const units = recurrent.shape[0];
      const none = Array.from({ length: layout.cell.states }, () => zeros<Tensor2D["rankType"]>([batch, units]));
      return {
        source: source as Reading["source"],
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
  const { layout, kept, lengths, tokens } = attributes;
  return tidy(() => {
    const { rows, directions } = readingsOf(inputs as unknown as Tensor[], attributes);
    const passes = directions.map((reading) => {
      const { states, kept: own } = layerOf(layout, reading).forward(reading);
      const outputs = rows.cleared(states[0]!);
      const last = states.map((state, position) => rows.last(state, reading.initial[position]!));
      return { outputs, last, kept: own };
    });
    if (kept.recording) {
      const needed: RecurrentKept = {
        lengths: lengths && clone(lengths),
        tokens: tokens && clone(tokens),
        passes: passes.map(({ outputs, kept: own }) => ({ outputs: clone(outputs), kept: own })),
      };
      for (const tensor of tensorsOf(needed)) keep(tensor);
      kept.keep(needed);
    }
    const last = passes.flatMap((pass) => pass.last);
    if (!layout.steps) return last;
    const inTime = passes.map(({ outputs }, index) => inOrder(rows, outputs, index));
    return [concat(inTime, 2), ...last];
  });
}

const tensorsOf = ({ lengths, tokens, passes }: RecurrentKept): Tensor[] =>
  [lengths, tokens, ...passes.flatMap(({ outputs, kept }) => [outputs, ...kept])].filter((tensor) => tensor !== null);

function backward({ inputs, attrs }: Call): Tensor[] {
  const { layout, kept } = attrs as unknown as Attributes;
  const { states } = layout.cell;
  const list = inputs as unknown as Tensor[]; // as in the forward pass, then its first result and the gradients of all
  const [, ...resultGradients] = list.slice(sizeOf(layout));
  const [outputsGradient, lastGradients] = resultsOf(resultGradients, layout);
  const needed = kept.use();
  const gradients = tidy(() => {
    const { rows, directions } = readingsOf(list.slice(0, sizeOf(layout)), { layout, ...needed });
    const all = directions.map((reading, index) => {
      const { outputs, kept: own } = needed.passes[index]!;
      const last = lastGradients.slice(index * states, (index + 1) * states) as Tensor2D[];
      const part = outputsGradient && partOf(outputsGradient as Tensor3D, index, outputs.shape[2]);
      const steps = part && inOrder(rows, rows.cleared(part), index);
      const ofStates = last.map((gradient, state) => rows.ofStates(gradient, state === 0 ? steps : null));
      const { source, weights, initial } = layerOf(layout, reading).backward(reading, outputs, own, ofStates);
      const given = layout.initial[index] ? initial.map((gradient, state) => rows.ofEmpty(gradient, last[state]!)) : [];
      return { source: needed.tokens ? source : inOrder(rows, source, index), weights, given };
    });
    const [first, second] = all.map(({ source }) => source);
    const ofSource = second ? add(first!, second) : first!;
    return [
      ofSource,
      ...all.flatMap(({ weights: { kernel, recurrent, bias }, given }) => [kernel, recurrent, bias, ...given]),
    ];
  });
  dispose(tensorsOf(needed));
  return gradients;
}

/** The order of a direction's reading, or from there back to that of time. */
const inOrder = <Sequence extends Tensor>(rows: Rows, sequence: Sequence, index: number): Sequence =>
  index === 1 ? rows.turned(sequence) : sequence;

/** A direction's columns of [time, batch, directions · units]. */
const partOf = (outputs: Tensor3D, index: number, units: number): Tensor3D =>
  outputs.shape[2] === units
    ? outputs
    : slice(outputs, [0, 0, index * units], [outputs.shape[0], outputs.shape[1], units]);

export const recurrentKernels: KernelConfig[] = [
  { kernelName: "Recurrent", backendName: "tensorflow", kernelFunc: forward },
  { kernelName: "RecurrentGradient", backendName: "tensorflow", kernelFunc: backward },
];
