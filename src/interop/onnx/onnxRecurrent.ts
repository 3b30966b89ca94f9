/** @file A recurrent layer in ONNX: where its state comes from, what it reads, and where the state goes. */
import type { CellName } from "../../common/names.js";
import { cellNamed } from "../../network/cells.js";
import { type Direction, readers, spread } from "./onnxCells.js";
import type { LayerGraph, SpecOf, Surroundings } from "./onnxLayer.js";

type RecurrentSpec = SpecOf<"recurrent">;

export const recurrentGraph: LayerGraph<RecurrentSpec> = (layer, signal, surroundings) => {
  const { graph, weight, states, recurrentBefore } = surroundings;
  const names = layer.bidirectional ? ["forward", "backward"] : ["forward"];
  const { outputs, last } = readers[layer.cell as CellName](
    graph,
    signal,
    names.map((name): Direction => ({
      weight: (part) => weight(`${name}/${part}`),
      initial: initialState(layer, name, signal.steps.lengths, surroundings),
    })),
  );
  for (const [index, direction] of last.entries()) {
    for (const [place, value] of direction.entries()) {
      const start = layer.learnedStart && weight(`${names[index]!}/start/${place}`).name();
      const kept = start === undefined ? value : graph.node("Sub", [value, start]);
      states?.after(stateName(recurrentBefore, names[index]!, place), layer.units, kept);
    }
  }
  const ends = last.map(([output]) => output!);
  return {
    ...signal,
    values: outputs,
    ends: ends.length === 1 ? ends[0]! : graph.node("Concat", ends, { axis: 1 }),
  };
};

/** As in "hidden_0" and, of an LSTM, "cell_0"; of a second direction "hidden_0_backward". */
const stateName = (layer: number, direction: string, place: number): string =>
  `${["hidden", "cell"][place]!}_${layer}${direction === "forward" ? "" : `_${direction}`}`;

/** A state that comes from outside is told relative to a learned start, so that zeros are where every network begins. */
function initialState(
  { cell, units, learnedStart }: RecurrentSpec,
  direction: string,
  lengths: string,
  { graph, weight, states, recurrentBefore }: Surroundings,
): string[] | null {
  if (!states && !learnedStart) return null;
  return Array.from({ length: cellNamed(cell).states }, (_, place) => {
    const given = states?.before(stateName(recurrentBefore, direction, place), units);
    const start = learnedStart && weight(`${direction}/start/${place}`).name();
    if (given === undefined) return spread(graph, start!, lengths, units);
    return start === undefined ? given : graph.node("Add", [given, start]);
  });
}
