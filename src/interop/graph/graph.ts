/** @file A network as a graph of Keras's layers, which Keras and TensorFlow.js's layers have in common: plain data, from which both files are written. */
import type { JsonObject } from "../../common/json.js";

/** Whose layers the graph is of: where they differ, it is made of what each has. */
export type Dialect = "keras" | "tfjs";

/** An output of a layer; shape: without the batch, null for any number of steps. */
export type Value = {
  layer: string;
  output: number;
  shape: readonly (number | null)[];
  dtype: "float32" | "int32";
};

/** A weight under the names that each program gives it: in TensorFlow.js of the whole, in Keras the path within the layer. */
export type LayerWeight = { tfjs: string; keras: string; shape: readonly number[]; values: Float32Array };

export type GraphLayer = {
  name: string;
  className: string;
  /** Keys in Keras's spelling. */
  config: JsonObject;
  inputs: readonly Value[];
  /** What Keras is given by keyword. */
  mask?: Value | undefined;
  /** The state before the first step, of each direction. */
  initialState?: readonly Value[] | undefined;
  weights: readonly LayerWeight[];
};

export type LayerParts = Pick<GraphLayer, "className" | "inputs"> &
  Partial<Pick<GraphLayer, "config" | "mask" | "initialState">> & {
    shape: Value["shape"];
    /** Weights by their names in the layer, in Keras's order. */
    weights?: Record<string, { shape: readonly number[]; values: Float32Array }>;
  };

export class Graph {
  readonly layers: GraphLayer[] = [];
  readonly inputs: Value[] = [];
  /** By the names that Keras's answer has. */
  outputs: Record<string, Value> = {};

  constructor(readonly dialect: Dialect) {}

  input(name: string, shape: Value["shape"], dtype: Value["dtype"]): Value {
    const value: Value = { layer: name, output: 0, shape, dtype };
    const config = { [this.dialect === "keras" ? "batch_shape" : "batch_input_shape"]: [null, ...shape], dtype };
    this.layers.push({ name, className: "InputLayer", config, inputs: [], weights: [] });
    this.inputs.push(value);
    return value;
  }

  /** A layer of one output and of weights that are its own. */
  add(name: string, { shape, weights = {}, ...layer }: LayerParts): Value {
    const own = Object.entries(weights).map(([weight, value], index) => ({
      ...value,
      tfjs: `${name}/${weight}`,
      keras: `vars/${index}`,
    }));
    return this.addAll({ name, config: {}, ...layer, weights: own }, [shape])[0]!;
  }

  /** @param shapes of each output */
  addAll(layer: GraphLayer, shapes: readonly Value["shape"][]): Value[] {
    this.layers.push(layer);
    return shapes.map((shape, output) => ({ layer: layer.name, output, shape, dtype: "float32" }));
  }

  /** Σ or Π of values whose shapes agree but where one is 1. */
  merge(name: string, className: "Add" | "Multiply", inputs: readonly [Value, Value]): Value {
    return this.add(name, { className, inputs, shape: inputs[0].shape });
  }

  /** The last axes side by side; one alone as it is. */
  concatenate(name: string, inputs: readonly Value[]): Value {
    if (inputs.length === 1) return inputs[0]!;
    const width = inputs.reduce((sum, { shape }) => sum + widthOf(shape), 0);
    const shape = [...inputs[0]!.shape.slice(0, -1), width];
    return this.add(name, { className: "Concatenate", config: { axis: -1 }, inputs, shape });
  }

  /** value · scale + offset */
  rescale(name: string, input: Value, config: { scale: number; offset: number }): Value {
    return this.add(name, { className: "Rescaling", config, inputs: [input], shape: input.shape });
  }

  /** @param shape with -1 for the steps, however many they are */
  reshape(name: string, input: Value, shape: readonly number[]): Value {
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

/** The size of the last axis, which is always known. */
export const widthOf = (shape: Value["shape"]): number => shape.at(-1)!;
