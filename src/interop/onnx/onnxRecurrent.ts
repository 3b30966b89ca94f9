/** @file A recurrent layer in ONNX: its initial state, its cell, and its last state. */
import { cellNamed } from "../../network/cells.js";
import { onnxCells } from "./onnxCells.js";
import type { SpecOf } from "../../network/layers/layer.js";
import { expandToBatch, type OnnxContext, type OnnxDirection, type OnnxLayer } from "./onnxLayer.js";

type RecurrentSpec = SpecOf<"recurrent">;

export const addRecurrentNodes: OnnxLayer<RecurrentSpec> = (layer, signal, context) => {
  const { graph, weight, states, recurrentBefore } = context;
  const names = layer.bidirectional ? ["forward", "backward"] : ["forward"];
  const { outputs, last } = onnxCells[layer.cell]!(
    graph,
    signal,
    names.map((name, index): OnnxDirection => ({
      index,
      units: layer.units,
      lowerBound: layer.lowerBound ?? 0,
      weight: (part) => weight(`${name}/${part}`),
      initial: initialState(layer, name, signal.steps.lengths, context),
    })),
  );
  for (const [index, direction] of last.entries()) {
    for (const [part, value] of direction.entries()) {
      const start = learnedStart(layer, names[index]!, part, context);
      const relative = start === undefined ? value : graph.node("Sub", [value, start]);
      states?.after(stateName(recurrentBefore, names[index]!, part), layer.units, relative);
    }
  }
  const ends = last.map(([output]) => output!);
  return {
    ...signal,
    values: outputs,
    ends: ends.length === 1 ? ends[0]! : graph.node("Concat", ends, { axis: 1 }),
  };
};

/** "hidden_0", for an LSTM also "cell_0"; for the second direction "hidden_0_backward". */
const stateName = (layer: number, direction: string, part: number): string =>
  `${["hidden", "cell"][part]!}_${layer}${direction === "forward" ? "" : `_${direction}`}`;

/** A learned part of the initial state; undefined for zeros. */
const learnedStart = (
  { cell, learnedStart: isLearned }: RecurrentSpec,
  direction: string,
  part: number,
  { weight }: OnnxContext,
): string | undefined =>
  isLearned && (part > 0 || cellNamed(cell).readsHidden !== false)
    ? weight(`${direction}/start/${part}`).name()
    : undefined;

/** A state input is relative to the learned initial state, so that zeros are the start of a text for every network. */
function initialState(layer: RecurrentSpec, direction: string, lengths: string, context: OnnxContext): string[] | null {
  const { graph, states, recurrentBefore } = context;
  if (!states && !layer.learnedStart) return null;
  return Array.from({ length: cellNamed(layer.cell).states }, (_, part) => {
    const input = states?.before(stateName(recurrentBefore, direction, part), layer.units);
    const start = learnedStart(layer, direction, part, context);
    if (input === undefined) return expandToBatch(graph, start ?? graph.number(0), lengths, layer.units);
    return start === undefined ? input : graph.node("Add", [input, start]);
  });
}
