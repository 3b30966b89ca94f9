/** @file The HDF5 groups of a .keras file. Keras names the group of a layer by its class and a running number, and counts the layers in an order of its own. */
import type { Graph, GraphLayer, GraphValue } from "../graph/graph.js";

/**
 * The layers that the outputs depend on, in the order in which Keras counts them: farthest from the outputs first, then in the order of a
 * depth-first search from the outputs.
 */
export function countedOrder({ layers, outputs }: Graph): GraphLayer[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const visited = new Map<GraphLayer, number>();
  const finished: GraphLayer[] = []; // each after its inputs
  const walk = ({ layer: name }: GraphValue): void => {
    const layer = byName.get(name)!;
    if (visited.has(layer)) return;
    visited.set(layer, visited.size);
    inputsOf(layer).forEach(walk);
    finished.push(layer);
  };
  const sorted = Object.keys(outputs).toSorted(); // Keras sorts the keys of a dictionary
  sorted.forEach((name) => walk(outputs[name]!));

  const distance = new Map<GraphLayer, number>();
  for (const layer of finished.toReversed()) {
    const own = distance.get(layer) ?? 0;
    distance.set(layer, own);
    for (const { layer: name } of inputsOf(layer)) {
      const before = byName.get(name)!;
      distance.set(before, Math.max(distance.get(before) ?? 0, own + 1));
    }
  }
  return finished.toSorted((a, b) => distance.get(b)! - distance.get(a)! || visited.get(a)! - visited.get(b)!);
}

/** Keras reads keyword arguments in the order of their names. */
const inputsOf = ({ inputs, initialState = [], mask }: GraphLayer): GraphValue[] => [
  ...inputs,
  ...initialState,
  ...(mask ? [mask] : []),
];

/**
 * @param classNames classes of the layers, in the order in which Keras counts them
 * @returns the group of each layer, for example lstm, dense and lstm_1
 */
export function groupNames(classNames: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return classNames.map((className) => {
    const kind = snakeCase(className);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return count > 0 ? `${kind}_${count}` : kind;
  });
}

/** For example simple_rnn, conv1d, global_max_pooling1d. */
const snakeCase = (className: string): string =>
  className
    .replaceAll(/\W+/g, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
