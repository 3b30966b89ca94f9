/** @file Builds an ONNX graph node by node; values are passed from node to node by name. */
import {
  type OnnxAttribute,
  type OnnxConstant,
  type ElementType,
  elementTypes,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValue,
} from "./onnxMessages.js";
import { type QuantizedConstant, quantizedConstant } from "./onnxQuantized.js";

type Attributes = OnnxNode["attributes"];

export class GraphBuilder {
  private readonly nodes: OnnxNode[] = [];
  /** By name. A nested graph shares the constants of the outer one. */
  private readonly constants: Map<string, OnnxConstant>;
  private readonly count: () => number;
  /** The prefix of node names: the name of the current layer. */
  scope = "";

  /**
   * @param outer the enclosing graph, whose values the new one may read
   * @param quantized whether matrices of 8-bit integers times a scale are stored so
   */
  constructor(
    private readonly outer?: GraphBuilder,
    private readonly quantized = false,
  ) {
    let count = 0;
    this.constants = outer?.constants ?? new Map<string, OnnxConstant>();
    this.count = outer?.count ?? (() => count++);
    this.scope = outer?.scope ?? "";
  }

  /** A new graph nested in this one, for the body of a Scan. */
  nested(): GraphBuilder {
    return new GraphBuilder(this);
  }

  /** Adds a constant, for example a weight of the network. @returns its name */
  constant(name: string, shape: readonly number[], values: OnnxConstant["values"]): string {
    if (this.outer) return this.outer.constant(name, shape, values);
    const integers = this.quantized ? quantizedConstant(shape, values) : null;
    if (integers) return this.dequantized(name, shape, integers);
    this.constants.set(name, { name, shape, values });
    return name;
  }

  /** Adds integers and their scales. @returns the name of their product */
  private dequantized(
    name: string,
    shape: readonly number[],
    { matrix, axis, integers, scales }: QuantizedConstant,
  ): string {
    if (this.constants.has(name)) return `${name}:float`;
    const stored = [this.constant(name, matrix, integers), this.constant(`${name}.scale`, [scales.length], scales)];
    const isMatrix = shape.length === matrix.length;
    const values = isMatrix ? `${name}:float` : `${name}:matrix`;
    this.nodes.push({
      operator: "DequantizeLinear",
      name: values,
      inputs: stored,
      outputs: [values],
      attributes: { axis },
    });
    if (isMatrix) return values;
    const reshaped = `${name}:float`;
    const inputs = [values, this.sizes(...shape)];
    this.nodes.push({ operator: "Reshape", name: reshaped, inputs, outputs: [reshaped], attributes: {} });
    return reshaped;
  }

  /** Adds a float32 scalar. @returns its name */
  number(value: number): string {
    return this.constant(`number_${value}`, [], Float32Array.of(value));
  }

  /** Adds a float64 scalar. @returns its name */
  double(value: number): string {
    return this.constant(`double_${value}`, [], Float64Array.of(value));
  }

  /** Adds an int32 scalar. @returns its name */
  integer(value: number): string {
    return this.constant(`integer_${value}`, [], Int32Array.of(value));
  }

  /** Adds a list of int64, for shapes and axes. @returns its name */
  sizes(...values: readonly number[]): string {
    return this.constant(`sizes_${values.join("_")}`, [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Adds a node. @returns the name of its first output */
  node(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.outputs(operator, inputs, 1, attributes)[0]!;
  }

  /** Adds a conversion to another type. @returns the name of the result */
  cast(value: string, type: ElementType): string {
    return this.node("Cast", [value], { to: elementTypes[type] });
  }

  /** Adds a node with several outputs. @returns their names */
  outputs(operator: string, inputs: readonly string[], count: number, attributes: Attributes = {}): string[] {
    const name = `${this.scope}/${operator}_${this.count()}`;
    const outputs = Array.from({ length: count }, (_, index) => (count === 1 ? name : `${name}:${index}`));
    this.nodes.push({ operator, name, inputs, outputs, attributes });
    return outputs;
  }

  /** Gives a value a public name, for an output of the graph. */
  named(name: string, value: string): string {
    this.nodes.push({ operator: "Identity", name: `${name}_is`, inputs: [value], outputs: [name], attributes: {} });
    return name;
  }

  /** The finished graph, without the nodes and constants that no output depends on. */
  graph(name: string, inputs: readonly OnnxValue[], outputs: readonly OnnxValue[]): OnnxGraph {
    const needed = new Set(outputs.map((output) => output.name));
    const nodes = this.nodes.toReversed().filter((node) => {
      const isNeeded = node.outputs.some((output) => needed.has(output));
      if (isNeeded) for (const input of inputsOf(node)) needed.add(input);
      return isNeeded;
    });
    const constants = this.outer ? [] : [...this.constants.values()].filter((constant) => needed.has(constant.name));
    return { name, nodes: nodes.toReversed(), constants, inputs, outputs };
  }
}

/** The values that a node and its nested graphs read. */
const inputsOf = ({ inputs, attributes }: OnnxNode): string[] => [
  ...inputs,
  ...Object.values(attributes).flatMap((attribute) => (isGraph(attribute) ? attribute.nodes.flatMap(inputsOf) : [])),
];

const isGraph = (attribute: OnnxAttribute): attribute is OnnxGraph =>
  typeof attribute === "object" && "nodes" in attribute;
