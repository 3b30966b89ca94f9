/** @file The layer that reads words with their characters, in ONNX: each place of a sentence spells its own word. */
import { readers } from "./onnxCells.js";
import { type LayerGraph, type SpecOf, stepsOf } from "./onnxLayer.js";

export const wordsGraph: LayerGraph<SpecOf<"words">> = ({ characters: { units } }, signal, { graph, weight }) => {
  const { characters, lengths } = signal.spelling!;
  const read = graph.node("Gather", [weight("characters/table").name(), characters]); // [characters, time · batch, width]
  const { last } = readers.lstm(
    graph,
    { values: read, steps: stepsOf(graph, lengths, read) },
    ["forward", "backward"].map((name) => ({ weight: (part) => weight(`characters/${name}/${part}`), initial: null })),
  );
  const outputs = last.map(([output]) => output!);
  const ends = graph.node("Concat", outputs, { axis: 1 });
  const shape = graph.node("Concat", [graph.node("Shape", [signal.values]), graph.sizes(2 * units)], { axis: 0 });
  const spelt = graph.node("Reshape", [ends, shape]); // [time, batch, 2 · units]
  const word = graph.node("Gather", [weight("table").name(), signal.values]);
  return { ...signal, values: graph.node("Concat", [word, spelt], { axis: 2 }) };
};
