/** @file The order in which Keras counts a functional model's layers, by which it names their weights in a file: farthest from the outputs first, then as a walk from the outputs meets them. */
import type { Graph, GraphLayer, Value } from "../graph/graph.js";

/** The layers that the outputs need. */
export function countedOrder({ layers, outputs }: Graph): GraphLayer[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const met = new Map<GraphLayer, number>();
  const finished: GraphLayer[] = []; // each after what it reads
  const walk = ({ layer: name }: Value): void => {
    const layer = byName.get(name)!;
    if (met.has(layer)) return;
    met.set(layer, met.size);
    readBy(layer).forEach(walk);
    finished.push(layer);
  };
  const sorted = Object.keys(outputs).toSorted(); // as Keras reads a dictionary
  sorted.forEach((name) => walk(outputs[name]!));

  const distance = new Map<GraphLayer, number>();
  for (const layer of finished.toReversed()) {
    const own = distance.get(layer) ?? 0;
    distance.set(layer, own);
    for (const { layer: name } of readBy(layer)) {
      const before = byName.get(name)!;
      distance.set(before, Math.max(distance.get(before) ?? 0, own + 1));
    }
  }
  return finished.toSorted((a, b) => distance.get(b)! - distance.get(a)! || met.get(a)! - met.get(b)!);
}

/** Keywords are flattened by their names. */
const readBy = ({ inputs, initialState = [], mask }: GraphLayer): Value[] => [
  ...inputs,
  ...initialState,
  ...(mask ? [mask] : []),
];
