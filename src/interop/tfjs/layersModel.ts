/** @file A graph as the files of a TensorFlow.js layers model: model.json with its topology, and the weights in shards of 4 MiB, as its own converter cuts them. */
import type { JsonObject } from "../../common/json.js";
import type { Files } from "../exporter.js";
import type { Graph, GraphLayer, Value } from "../graph/graph.js";

const shardBytes = 4 * 2 ** 20;

/** The version whose layers the topology is written for. */
const library = "4.22.0";

/** @param generatedBy who wrote it */
export function layersModelFiles(graph: Graph, generatedBy: string): Files {
  const weights = graph.layers.flatMap((layer) => layer.weights);
  const bytes = joined(weights.map(({ values }) => values));
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes));
  const shards = Array.from({ length: count }, (_, index): [string, Uint8Array] => [
    `weights-${index + 1}of${count}.bin`,
    bytes.slice(index * shardBytes, (index + 1) * shardBytes),
  ]);
  const model: JsonObject = {
    format: "layers-model",
    generatedBy,
    convertedBy: null,
    modelTopology: topologyOf(graph),
    weightsManifest: [
      {
        paths: shards.map(([name]) => name),
        weights: weights.map(({ tfjs, shape }) => ({ name: tfjs, shape, dtype: "float32" })),
      },
    ],
  };
  return { "model.json": `${JSON.stringify(model)}\n`, ...Object.fromEntries(shards) };
}

const topologyOf = ({ layers, inputs, outputs }: Graph): JsonObject => ({
  class_name: "Model",
  config: {
    name: "rnn_text",
    layers: layers.map(layerOf),
    input_layers: inputs.map(placeOf),
    output_layers: Object.values(outputs).map(placeOf),
  },
  keras_version: `tfjs-layers ${library}`,
  backend: "tensor_flow.js",
});

const layerOf = ({ name, className, config, inputs, initialState = [] }: GraphLayer): JsonObject => ({
  name,
  class_name: className,
  config: { name, trainable: true, ...config },
  inbound_nodes: inputs.length > 0 ? [[...inputs, ...initialState].map((input) => [...placeOf(input), {}])] : [],
});

/** The layer, which of its calls, and which of that one's outputs. */
const placeOf = ({ layer, output }: Value): [string, number, number] => [layer, 0, output];

function joined(arrays: readonly Float32Array[]): Uint8Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of arrays) {
    all.set(values, at);
    at += values.length;
  }
  return new Uint8Array(all.buffer);
}
