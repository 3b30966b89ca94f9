/** @file Writes a graph as a TensorFlow.js layers model: model.json with the topology, and the weights in shards of 4 MiB, the size that TensorFlow.js's converter uses. */
import type { JsonObject } from "../../common/json.js";
import type { ExportedFiles } from "../exporters.js";
import type { Graph, GraphLayer, GraphValue } from "../graph/graph.js";

const shardBytes = 4 * 2 ** 20;

/** The version of TensorFlow.js that the topology is written for. */
const tfjsVersion = "4.22.0";

/** @param generatedBy name and version of the writing program */
export function layersModelFiles(graph: Graph, generatedBy: string): ExportedFiles {
  const weights = graph.layers.flatMap((layer) => layer.weights);
  const bytes = concatenated(weights.map(({ values }) => values));
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
    input_layers: inputs.map(historyOf),
    output_layers: Object.values(outputs).map(historyOf),
  },
  keras_version: `tfjs-layers ${tfjsVersion}`,
  backend: "tensor_flow.js",
});

const layerOf = ({ name, className, config, inputs, initialState = [] }: GraphLayer): JsonObject => ({
  name,
  class_name: className,
  config: { name, trainable: true, ...config },
  inbound_nodes: inputs.length > 0 ? [[...inputs, ...initialState].map((input) => [...historyOf(input), {}])] : [],
});

/** The layer, the index of its call, and the index of the output. */
const historyOf = ({ layer, output }: GraphValue): [string, number, number] => [layer, 0, output];

function concatenated(arrays: readonly Float32Array[]): Uint8Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const values of arrays) {
    all.set(values, offset);
    offset += values.length;
  }
  return new Uint8Array(all.buffer);
}
