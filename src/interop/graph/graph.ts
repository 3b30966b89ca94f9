/** @file A network as a graph of Keras layers, as plain data. The Keras and the TensorFlow.js exporter both write their files from it. */
import type { JsonObject } from "../../common/json.js";

/** The library that the graph is for: the two differ in some of their layers. */
export type Dialect = "keras" | "tfjs";

/** An output of a layer. shape: without the batch dimension; null for any number of steps. */
export type GraphValue = {
  layer: string;
  output: number;
  shape: readonly (number | null)[];
  dtype: "float32" | "int32";
};

/** A weight with its name in each library: in TensorFlow.js its full name, in Keras its path within the layer. */
export type LayerWeight = { tfjs: string; keras: string; shape: readonly number[]; values: Float32Array };

export type GraphLayer = {
  name: string;
  className: string;
  /** With the keys of Keras, in snake case. */
  config: JsonObject;
  inputs: readonly GraphValue[];
  /** Passed to the Keras layer by keyword. */
  mask?: GraphValue | undefined;
  /** The state before the first step, for each direction. */
  initialState?: readonly GraphValue[] | undefined;
  weights: readonly LayerWeight[];
};

export type LayerParts = Pick<GraphLayer, "className" | "inputs"> &
  Partial<Pick<GraphLayer, "config" | "mask" | "initialState">> & {
    shape: GraphValue["shape"];
    /** Weights by their names in the layer, in Keras's order. */
    weights?: Record<string, { shape: readonly number[]; values: Float32Array }>;
  };

export class Graph {
  readonly layers: GraphLayer[] = [];
  readonly inputs: GraphValue[] = [];
  /** By the names in the output of the Keras model. */
  outputs: Record<string, GraphValue> = {};

  constructor(readonly dialect: Dialect) {}

  input(name: string, shape: GraphValue["shape"], dtype: GraphValue["dtype"]): GraphValue {
    const value: GraphValue = { layer: name, output: 0, shape, dtype };
    const config = { [this.dialect === "keras" ? "batch_shape" : "batch_input_shape"]: [null, ...shape], dtype };
    this.layers.push({ name, className: "InputLayer", config, inputs: [], weights: [] });
    this.inputs.push(value);
    return value;
  }

  /** Adds a layer with one output. */
  add(name: string, { shape, weights = {}, ...layer }: LayerParts): GraphValue {
    const own = Object.entries(weights).map(([weight, value], index) => ({
      ...value,
      tfjs: `${name}/${weight}`,
      keras: `vars/${index}`,
    }));
    return this.addAll({ name, config: {}, ...layer, weights: own }, [shape])[0]!;
  }

  /** Adds a layer. @param shapes of its outputs */
  addAll(layer: GraphLayer, shapes: readonly GraphValue["shape"][]): GraphValue[] {
    this.layers.push(layer);
    return shapes.map((shape, output) => ({ layer: layer.name, output, shape, dtype: "float32" }));
  }

  /** Adds or multiplies two values, with broadcasting. */
  merge(name: string, className: "Add" | "Multiply", inputs: readonly [GraphValue, GraphValue]): GraphValue {
    return this.add(name, { className, inputs, shape: inputs[0].shape });
  }

  /** Concatenates along the last axis; a single value is returned as it is. */
  concatenate(name: string, inputs: readonly GraphValue[]): GraphValue {
    if (inputs.length === 1) return inputs[0]!;
    const width = inputs.reduce((sum, { shape }) => sum + widthOf(shape), 0);
    const shape = [...inputs[0]!.shape.slice(0, -1), width];
    return this.add(name, { className: "Concatenate", config: { axis: -1 }, inputs, shape });
  }

  /** value · scale + offset */
  rescale(name: string, input: GraphValue, config: { scale: number; offset: number }): GraphValue {
    return this.add(name, { className: "Rescaling", config, inputs: [input], shape: input.shape });
  }

  /** @param shape with -1 for the number of steps */
  reshape(name: string, input: GraphValue, shape: readonly number[]): GraphValue {
    const [steps = null] = input.shape;
    const target = shape.map((size) => (size === -1 ? (steps ?? -1) : size));
    return this.add(name, {
      className: "Reshape",
      config: { target_shape: target },
      inputs: [input],
      shape: target.map((size) => (size === -1 ? null : size)),
    });
  }
}

/** The size of the last axis. */
export const widthOf = (shape: GraphValue["shape"]): number => shape.at(-1)!;
