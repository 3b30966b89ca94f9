/** @file A graph as the configuration of a Keras 3 functional model. */
import type { JsonObject, JsonValue } from "../../common/json.js";
import type { Graph, GraphLayer, Value } from "../graph/graph.js";

/** Several inputs or outputs are a dictionary by name; one alone is itself. */
export const configOf = ({ layers, inputs, outputs }: Graph): JsonObject => ({
  module: "keras.src.models.functional",
  class_name: "Functional",
  config: {
    name: "rnn_text",
    trainable: true,
    layers: layers.map(layerOf),
    input_layers: placesOf(Object.fromEntries(inputs.map((input) => [input.layer, input]))),
    output_layers: placesOf(outputs),
  },
  registered_name: "Functional",
});

function placesOf(values: Record<string, Value>): JsonValue {
  const places = Object.entries(values).map(([name, value]) => [name, placeOf(value)] as const);
  return places.length === 1 ? places[0]![1] : Object.fromEntries(places);
}

/** The layer, which of its calls, and which of that one's outputs. */
const placeOf = ({ layer, output }: Value): [string, number, number] => [layer, 0, output];

const layerOf = ({ name, className, config, inputs, mask, initialState }: GraphLayer): JsonObject => ({
  module: "keras.layers",
  class_name: className,
  config: { name, ...(className !== "InputLayer" && { dtype: "float32" }), ...config },
  registered_name: null,
  name,
  inbound_nodes: inputs.length === 0 ? [] : [{ args: argumentsOf(inputs), kwargs: keywordsOf(mask, initialState) }],
});

/** A layer that joins several takes them as one list. */
const argumentsOf = (inputs: readonly Value[]): JsonValue[] =>
  inputs.length === 1 ? [tensorOf(inputs[0]!)] : [inputs.map(tensorOf)];

const keywordsOf = (mask: Value | undefined, initialState: readonly Value[] | undefined): JsonObject => ({
  ...(initialState && { initial_state: initialState.map(tensorOf) }),
  ...(mask && { mask: tensorOf(mask) }),
});

const tensorOf = (value: Value): JsonObject => ({
  class_name: "__keras_tensor__",
  config: { shape: [null, ...value.shape], dtype: value.dtype, keras_history: placeOf(value) },
});
