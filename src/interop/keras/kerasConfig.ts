/** @file Converts a graph to the configuration of a Keras 3 functional model (config.json). */
import type { JsonObject, JsonValue } from "../../common/json.js";
import type { Graph, GraphLayer, GraphValue } from "../graph/graph.js";

/** The name of every Keras model that rnn exports. */
export const exportedModelName = "rnn_text";

/** Several inputs or outputs form a dictionary by name; a single one stands alone. */
export const configOf = ({ layers, inputs, outputs }: Graph): JsonObject => ({
  module: "keras.src.models.functional",
  class_name: "Functional",
  config: {
    name: exportedModelName,
    trainable: true,
    layers: layers.map(layerOf),
    input_layers: historiesOf(Object.fromEntries(inputs.map((input) => [input.layer, input]))),
    output_layers: historiesOf(outputs),
  },
  registered_name: "Functional",
});

function historiesOf(values: Record<string, GraphValue>): JsonValue {
  const histories = Object.entries(values).map(([name, value]) => [name, historyOf(value)] as const);
  return histories.length === 1 ? histories[0]![1] : Object.fromEntries(histories);
}

/** The layer, the index of its call, and the index of the output. */
const historyOf = ({ layer, output }: GraphValue): [string, number, number] => [layer, 0, output];

const layerOf = ({ name, className, config, inputs, mask, initialState }: GraphLayer): JsonObject => ({
  module: "keras.layers",
  class_name: className,
  config: { name, ...(className !== "InputLayer" && { dtype: "float32" }), ...config },
  registered_name: null,
  name,
  inbound_nodes: inputs.length === 0 ? [] : [{ args: argumentsOf(inputs), kwargs: keywordsOf(mask, initialState) }],
});

/** A layer with several inputs takes them as one list. */
const argumentsOf = (inputs: readonly GraphValue[]): JsonValue[] =>
  inputs.length === 1 ? [tensorOf(inputs[0]!)] : [inputs.map(tensorOf)];

const keywordsOf = (mask: GraphValue | undefined, initialState: readonly GraphValue[] | undefined): JsonObject => ({
  ...(initialState && { initial_state: initialState.map(tensorOf) }),
  ...(mask && { mask: tensorOf(mask) }),
});

const tensorOf = (value: GraphValue): JsonObject => ({
  class_name: "__keras_tensor__",
  config: { shape: [null, ...value.shape], dtype: value.dtype, keras_history: historyOf(value) },
});
