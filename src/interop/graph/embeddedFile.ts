/** @file Tokens of the graph as their vectors. */
import type { Graph, Value } from "./graph.js";
import type { Weight } from "./signal.js";

/** [time, units] of tokens [time]. */
export const embedded = (graph: Graph, name: string, tokens: Value, table: Weight, units: number): Value =>
  graph.add(name, {
    className: "Embedding",
    config: { input_dim: table.shape[0]!, output_dim: units },
    inputs: [tokens],
    shape: [...tokens.shape, units],
    weights: { embeddings: table },
  });
